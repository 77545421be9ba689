package io.hybnext.tests.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.hybnext.tests.fleet.CheckpointPauses;
import java.util.Map;

/**
 * What a chaos came to.
 *
 * @param test name of the executable
 * @param seed of the schedule
 * @param seconds under faults
 * @param members trainers at the start
 * @param faults number of faults that happened
 * @param goodput see {@link Goodput#share}; a step is committed when the last member has its
 *     result; {@code goodputStrict}: {@link Goodput#strictShare}
 * @param goodputTold the same with the times at which the coordinator told of the steps: what
 *     people see of a run whose coordinator is held still or replaced
 * @param medianStepMs from one commit to the next, under faults
 * @param stallP50Ms see {@link Goodput#stallP50Ms}; {@code stallMaxMs}: the longest
 * @param steps committed under faults
 * @param stepsPerS under faults
 * @param calmStepsPerS of the same processes just before, undisturbed
 * @param stalls by kind of fault
 * @param checkpointPauses for how long checkpoints held steps up; {@code checkpointBlockingShare}:
 *     the share of the time that this is with one every 30 s, see {@link CheckpointPauses#share}
 * @param generations in all
 * @param rolledBack steps that were done again before all were killed
 * @param lost steps times images that the journal does not account for
 * @param doubled steps times images that it accounts for twice
 * @param sameBytes whether the weights are the twin's after {@code comparedStep} steps
 * @param comparedStep where disturbed run and twin were compared
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ChaosReport(
    String test,
    long seed,
    double seconds,
    int members,
    int faults,
    double goodput,
    double goodputStrict,
    double goodputTold,
    double medianStepMs,
    double stallP50Ms,
    double stallMaxMs,
    long steps,
    double stepsPerS,
    double calmStepsPerS,
    Map<String, Stalls> stalls,
    CheckpointPauses checkpointPauses,
    double checkpointBlockingShare,
    int generations,
    long rolledBack,
    long lost,
    long doubled,
    boolean sameBytes,
    long comparedStep) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether every promise was kept. */
  public boolean isKept(double leastGoodput) {
    return lost == 0 && doubled == 0 && sameBytes && goodput >= leastGoodput;
  }

  /** The one line. */
  public String toJson() {
    return JSON.valueToTree(this).toString();
  }
}
