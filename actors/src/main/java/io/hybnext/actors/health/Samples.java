package io.hybnext.actors.health;

import java.util.Arrays;

/** The newest of a row of numbers. */
final class Samples {
  private final double[] values;
  private int taken;

  Samples(int room) {
    values = new double[room];
  }

  void add(double value) {
    values[taken++ % values.length] = value;
  }

  int size() {
    return Math.min(taken, values.length);
  }

  boolean isFull() {
    return taken >= values.length;
  }

  /** The middle one, the lower of two; 0 without any. */
  double median() {
    double[] sorted = Arrays.copyOf(values, size());
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) / 2];
  }

  /** The least; 0 without any. */
  double least() {
    return Arrays.stream(values, 0, size()).min().orElse(0);
  }

  double greatest() {
    return Arrays.stream(values, 0, size()).max().orElse(0);
  }
}
