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
    return median(size());
  }

  /** The same of the newest ones. */
  double median(int newest) {
    double[] sorted = new double[Math.min(newest, size())];
    for (int back = 1; back <= sorted.length; back++) {
      sorted[back - 1] = values[(taken - back) % values.length];
    }
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) / 2];
  }

  /** The least of the newest ones; 0 without any. */
  double least(int newest) {
    double least = Double.POSITIVE_INFINITY;
    for (int back = 1; back <= Math.min(newest, size()); back++) {
      least = Math.min(least, values[(taken - back) % values.length]);
    }
    return Double.isInfinite(least) ? 0 : least;
  }

  double greatest() {
    return Arrays.stream(values, 0, size()).max().orElse(0);
  }
}
