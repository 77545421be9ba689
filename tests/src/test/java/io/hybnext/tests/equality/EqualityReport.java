package io.hybnext.tests.equality;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;

/**
 * Whether runs with changing members ended with the bytes of a run on one trainer.
 *
 * @param test name of the executable
 * @param seed of the schedules
 * @param schedules that were run
 * @param processes of them with a process a trainer, the others with threads of one process
 * @param differing of them that ended with other bytes
 * @param differed their numbers
 * @param steps of each run
 * @param memberSteps number of steps by the number of trainers that took part in them
 * @param kills of trainers
 * @param pauses of trainers
 * @param lost steps that the journals do not account for
 * @param doubled steps that they account for twice
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record EqualityReport(
    String test,
    long seed,
    int schedules,
    int processes,
    int differing,
    List<Integer> differed,
    long steps,
    Map<Integer, Integer> memberSteps,
    int kills,
    int pauses,
    long lost,
    long doubled) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether every promise was kept. */
  public boolean isKept() {
    return differing == 0 && lost == 0 && doubled == 0;
  }

  /** The one line. */
  public String toJson() {
    return JSON.valueToTree(this).toString();
  }
}
