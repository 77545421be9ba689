package io.hybnext.tests.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Which steps a journal tells of, and how often. A step that was rolled back is not done until it
 * is told again. Of the last steps before a coordinator was killed no line tells, if it notes only
 * every so many; they are done all the same when the members then agree that they hold their
 * result, which the line of a settled or adopted generation tells; the next coordinator may note
 * the first steps that it hears of just before that line.
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
    long untold = 0; // steps missing since the last generation was formed
    long doubled = 0;
    long rolledBack = 0;
    int generations = 0;
    for (JsonNode line : lines) {
      switch (line.path("kind").asText()) {
        case "step" -> {
          long from = line.path("from").asLong();
          long next = line.path("step").asLong() + 1;
          untold += Math.max(0, from - done);
          doubled += Math.max(0, Math.min(done, next) - from);
          done = Math.max(done, next);
        }
        case "rolled-back" -> {
          long to = Math.min(done, line.path("to").asLong());
          rolledBack += done - to;
          done = to;
        }
        case "generation-settled" -> {
          long start = line.path("startStep").asLong();
          untold = start >= done ? 0 : untold; // members hold the result of every step before
          done = Math.max(done, start);
        }
        case "generation-adopted" -> done = Math.max(done, line.path("committed").asLong());
        case "generation-formed" -> {
          generations++;
          lost += untold;
          untold = 0;
        }
        default -> {} // tells of no steps
      }
    }
    lost += untold;
    return new StepAccount(done, lost, doubled, rolledBack, generations);
  }
}
