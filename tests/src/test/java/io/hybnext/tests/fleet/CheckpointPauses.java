package io.hybnext.tests.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * For how long steps were held up while checkpoints were copied, of each the slowest member, as a
 * journal tells.
 *
 * @param checkpoints number of them whose lines tell
 * @param meanMs of them; 0 without any
 * @param maxMs the longest
 */
public record CheckpointPauses(int checkpoints, double meanMs, double maxMs) {
  private static final double EVERY_MS = 30_000;

  /**
   * Reads the lines of a journal.
   *
   * @param lines see {@code RunJournal.read}
   */
  public static CheckpointPauses of(List<JsonNode> lines) {
    double[] told =
        lines.stream()
            .filter(line -> line.path("kind").asText().equals("checkpoint-saved"))
            .filter(line -> line.path("captureMs").isNumber())
            .mapToDouble(line -> line.path("captureMs").asDouble())
            .toArray();
    double sum = 0;
    double max = 0;
    for (double ms : told) {
      sum += ms;
      max = Math.max(max, ms);
    }
    return new CheckpointPauses(told.length, told.length == 0 ? 0 : sum / told.length, max);
  }

  /** Share of the time that they take where there is a checkpoint every 30 s. */
  public double share() {
    return meanMs / EVERY_MS;
  }
}
