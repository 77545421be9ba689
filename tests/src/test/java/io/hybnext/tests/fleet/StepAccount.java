package io.hybnext.tests.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Which steps a journal tells of, and how often. A step that was rolled back is not done until it
 * is told again. Of the last steps before a coordinator was killed no line tells, if it notes only
 * every so many; they are done all the same when the members then agree that they hold their
 * result, which the line of a settled or adopted generation tells.
 *
 * @param steps number of steps of the run as the journal knows it
 * @param lost steps before that which no line tells of
 * @param doubled steps that were told again without having been rolled back
 * @param rolledBack steps that were done again
 * @param generations that began
 */
public record StepAccount(long steps, long lost, long doubled, long rolledBack, int generations) {

  /**
   * Reads the lines of a journal in order.
   *
   * @param lines see {@code RunJournal.read}
   */
  public static StepAccount of(List<JsonNode> lines) {
    long done = 0;
    long lost = 0;
    long doubled = 0;
    long rolledBack = 0;
    int generations = 0;
    for (JsonNode line : lines) {
      switch (line.path("kind").asText()) {
        case "step" -> {
          long from = line.path("from").asLong();
          long next = line.path("step").asLong() + 1;
          lost += Math.max(0, from - done);
          doubled += Math.max(0, Math.min(done, next) - from);
          done = Math.max(done, next);
        }
        case "rolled-back" -> {
          long to = Math.min(done, line.path("to").asLong());
          rolledBack += done - to;
          done = to;
        }
        case "generation-settled" -> done = Math.max(done, line.path("startStep").asLong());
        case "generation-adopted" -> done = Math.max(done, line.path("committed").asLong());
        case "generation-formed" -> generations++;
        default -> {} // tells of no steps
      }
    }
    return new StepAccount(done, lost, doubled, rolledBack, generations);
  }
}
