package io.hybnext.model.metrics;

/** Checks and sums that several metrics share. */
final class Features {
  private Features() {}

  /** Number of rows, after checking that there are enough, of equal length and finite. */
  static int check(double[][] features, int atLeast) {
    if (features.length < atLeast) {
      throw new IllegalArgumentException(
          features.length + " features: want at least " + atLeast + " for this metric");
    }
    for (int i = 0; i < features.length; i++) {
      if (features[i].length != features[0].length || features[i].length == 0) {
        throw new IllegalArgumentException(
            "feature " + i + " has " + features[i].length + " numbers: want as many in each");
      }
      for (double value : features[i]) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException("feature " + i + " holds " + value + ": want finite");
        }
      }
    }
    return features.length;
  }

  static void checkPair(double[][] real, double[][] fake, int atLeast) {
    check(real, atLeast);
    check(fake, atLeast);
    if (real[0].length != fake[0].length) {
      throw new IllegalArgumentException(
          "features of "
              + real[0].length
              + " and "
              + fake[0].length
              + " numbers: want both from the same network");
    }
  }

  static double[] mean(double[][] features) {
    double[] mean = new double[features[0].length];
    for (double[] row : features) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j];
      }
    }
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= features.length;
    }
    return mean;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      double difference = a[j] - b[j];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }
}
