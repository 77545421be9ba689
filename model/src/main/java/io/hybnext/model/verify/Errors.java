package io.hybnext.model.verify;

import java.util.Locale;

/** Gathers the differences of two tensors element by element. */
final class Errors {
  private static final double COUNTS_FROM = 1e-3;

  private final float[] expected;
  private final float[] actual;
  private final double counted;
  private long elements;
  private double maxAbsolute;
  private double maxRelative;
  private int worst = -1;
  private double worstExcess = 1;

  Errors(float[] expected, float[] actual) {
    this.expected = expected;
    this.actual = actual;
    this.counted = COUNTS_FROM * Comparison.largest(expected);
  }

  boolean sameLength() {
    return expected.length == actual.length;
  }

  /** Compares element {@code i}; NaN counts as infinitely far. */
  void add(int i, double allowed) {
    double difference = Math.abs((double) expected[i] - actual[i]);
    if (Double.isNaN(difference)) {
      difference =
          Float.floatToIntBits(expected[i]) == Float.floatToIntBits(actual[i])
              ? 0
              : Double.POSITIVE_INFINITY;
    }
    elements++;
    maxAbsolute = Math.max(maxAbsolute, difference);
    if (Math.abs(expected[i]) >= counted && expected[i] != 0) {
      maxRelative = Math.max(maxRelative, difference / Math.abs(expected[i]));
    }
    double excess = difference == 0 ? 0 : difference / allowed;
    if (excess > worstExcess) {
      worstExcess = excess;
      worst = i;
    }
  }

  TensorResult result(String name, String rule) {
    return result(name, rule, true, "");
  }

  TensorResult result(String name, String rule, boolean otherwisePassed, String remark) {
    String text = remark;
    if (!sameLength()) {
      text = actual.length + " elements instead of " + expected.length;
    } else if (worst >= 0) {
      text =
          String.format(
              Locale.ROOT, "element %d: want %s, got %s", worst, expected[worst], actual[worst]);
    }
    boolean passed = otherwisePassed && worst < 0 && sameLength();
    return new TensorResult(name, elements, maxAbsolute, maxRelative, rule, passed, text);
  }
}
