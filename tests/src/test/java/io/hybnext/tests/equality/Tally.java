package io.hybnext.tests.equality;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.tests.fleet.StepAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what came of schedules. Thread-safe. */
final class Tally {
  private final String expected;
  private final long steps;
  private final List<Integer> differed = new ArrayList<>();
  private final Map<Integer, Integer> memberSteps = new TreeMap<>();
  private int kills;
  private int pauses;
  private long lost;
  private long doubled;

  /**
   * Begins.
   *
   * @param expected hash of the weights of the run on one trainer
   * @param steps of every run
   */
  Tally(String expected, long steps) {
    this.expected = expected;
    this.steps = steps;
  }

  /**
   * Takes a run in.
   *
   * @param number of its schedule
   * @param weights hash of its last weights
   * @param journal of the run
   * @return whether its bytes are those that are expected
   */
  synchronized boolean add(int number, String weights, Path journal, int itsKills, int itsPauses)
      throws IOException {
    boolean same = weights.equals(expected);
    if (!same) {
      differed.add(number);
    }
    kills += itsKills;
    pauses += itsPauses;
    List<JsonNode> lines = RunJournal.read(journal);
    StepAccount account = StepAccount.of(lines);
    lost += account.lost() + steps - account.steps();
    doubled += account.doubled();
    countMembers(lines);
    return same;
  }

  private void countMembers(List<JsonNode> lines) {
    int members = 0;
    for (JsonNode line : lines) {
      if (line.path("kind").asText().equals("generation-formed")) {
        members = line.path("trainers").size();
      } else if (line.path("kind").asText().equals("step")) {
        int count = line.path("step").asInt() - line.path("from").asInt() + 1;
        memberSteps.merge(members, count, Integer::sum);
      }
    }
  }

  /**
   * What it came to.
   *
   * @param schedules in all
   * @param processes of them with a process a trainer
   */
  synchronized EqualityReport report(long seed, int schedules, int processes) {
    return new EqualityReport(
        "elastic-equality",
        seed,
        schedules,
        processes,
        differed.size(),
        List.copyOf(differed),
        steps,
        Map.copyOf(memberSteps),
        kills,
        pauses,
        lost,
        doubled);
  }
}
