package io.hybnext.model.metrics;

/**
 * How far the mean of one set of features lies from that of another, in standard deviations of the
 * first: {@code |m1 - m2| / tr(S1)^(1/2)}. Two samples of n from one distribution differ by about
 * {@code (2 / n)^(1/2)}, whatever the number of dimensions.
 */
public final class FeatureShift {
  private FeatureShift() {}

  /**
   * The shift.
   *
   * @param reference at least 2 rows of equal length, not all alike
   * @param now at least 1 row of the same length
   */
  public static double between(double[][] reference, double[][] now) {
    Features.checkPair(reference, now, 1);
    double[] mean = Features.mean(reference);
    double variance = 0;
    for (double[] row : reference) {
      double distance = Features.distance(row, mean);
      variance += distance * distance / (reference.length - 1);
    }
    return Features.distance(mean, Features.mean(now)) / Math.sqrt(variance);
  }
}
