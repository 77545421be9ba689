package io.hybnext.ops.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps that a journal tells of, one row each, as the page draws them.
 *
 * @param epoch another number means that earlier rows changed, because steps were done again
 * @param rows values in the order of {@link #NAMES}; NaN for what a line does not tell
 */
record Curve(int epoch, List<double[]> rows) {
  /** Of the columns. The time is in milliseconds since 1970. */
  static final List<String> NAMES =
      List.of(
          "step",
          "time",
          "nll",
          "gva",
          "zLoss",
          "gradientNorm",
          "learningRate",
          "tokensPerSecond",
          "stepMs",
          "computeMs",
          "exchangeMs",
          "dataWaitMs");

  private static final int RECENT = 30; // lines that a pace is taken over

  /** No step yet. */
  static final Curve EMPTY = new Curve(0, List.of());

  /** Adds steps; those that are there already are replaced. */
  Curve plus(List<JsonNode> steps) {
    if (steps.isEmpty()) {
      return this;
    }
    List<double[]> next = new ArrayList<>(rows);
    int from = epoch;
    for (JsonNode line : steps) {
      double[] row = row(line);
      while (!next.isEmpty() && next.get(next.size() - 1)[0] >= row[0]) {
        next.remove(next.size() - 1);
        from = epoch + 1;
      }
      next.add(row);
    }
    return new Curve(from, List.copyOf(next));
  }

  private static double[] row(JsonNode line) {
    double[] row = new double[NAMES.size()];
    row[0] = line.path("step").asLong() + 1;
    row[1] = Instant.parse(line.path("time").asText()).toEpochMilli();
    for (int i = 2; i < row.length; i++) {
      row[i] = line.path(NAMES.get(i)).asDouble(Double.NaN);
    }
    return row;
  }

  /** Number of the last step, counted from 1; 0 without one. */
  long lastStep() {
    return rows.isEmpty() ? 0 : (long) rows.get(rows.size() - 1)[0];
  }

  /** A value of the last row; NaN without one. */
  double last(String name) {
    return rows.isEmpty() ? Double.NaN : rows.get(rows.size() - 1)[NAMES.indexOf(name)];
  }

  /** Seconds that a step takes lately, all that happens in between included; NaN when unknown. */
  double secondsPerStep() {
    int first = Math.max(0, rows.size() - RECENT);
    double steps = rows.isEmpty() ? 0 : rows.get(rows.size() - 1)[0] - rows.get(first)[0];
    return steps <= 0
        ? Double.NaN
        : (rows.get(rows.size() - 1)[1] - rows.get(first)[1]) / 1000 / steps;
  }
}
