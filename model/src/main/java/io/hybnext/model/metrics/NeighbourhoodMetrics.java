package io.hybnext.model.metrics;

import java.util.Arrays;

/**
 * Quality and variety told apart by nearest neighbours: each sample stands for a ball that reaches
 * to its k-th nearest neighbour in its own set, itself not counted.
 *
 * @param precision share of fake samples inside any real ball (distance at most the radius):
 *     quality. Kynkaanniemi et al., "Improved precision and recall metric" (2019)
 * @param recall share of real samples inside any fake ball: variety
 * @param density how many real balls hold a fake sample on average (distance below the radius),
 *     divided by k; above 1 where real samples lie dense. Naeem et al., "Reliable fidelity and
 *     diversity metrics" (2020)
 * @param coverage share of real balls that hold a fake sample
 */
public record NeighbourhoodMetrics(
    double precision, double recall, double density, double coverage) {

  /**
   * Compares two sets; the time grows with the product of their sizes.
   *
   * @param real more than k rows of equal length
   * @param fake more than k rows of the same length
   * @param k neighbours that a ball holds; 3 and 5 are usual
   */
  public static NeighbourhoodMetrics of(double[][] real, double[][] fake, int k) {
    Features.checkPair(real, fake, k + 1);
    double[] realRadius = radii(real, k);
    double[] fakeRadius = radii(fake, k);
    boolean[] fakeHeld = new boolean[fake.length];
    boolean[] realHeld = new boolean[real.length];
    boolean[] covered = new boolean[real.length];
    long held = 0;
    for (int i = 0; i < real.length; i++) {
      for (int j = 0; j < fake.length; j++) {
        double distance = Features.distance(real[i], fake[j]);
        fakeHeld[j] |= distance <= realRadius[i];
        realHeld[i] |= distance <= fakeRadius[j];
        if (distance < realRadius[i]) {
          covered[i] = true;
          held++;
        }
      }
    }
    return new NeighbourhoodMetrics(
        share(fakeHeld), share(realHeld), (double) held / k / fake.length, share(covered));
  }

  /**
   * How close the closest decision of precision is: the least share of a radius by which a fake
   * sample lies inside or outside of a real ball. Where it is not far above rounding, precision may
   * differ between programs.
   */
  public static double leastMargin(double[][] real, double[][] fake, int k) {
    Features.checkPair(real, fake, k + 1);
    double[] radius = radii(real, k);
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < real.length; i++) {
      for (double[] sample : fake) {
        double distance = Features.distance(real[i], sample);
        least = Math.min(least, Math.abs(distance - radius[i]) / radius[i]);
      }
    }
    return least;
  }

  private static double[] radii(double[][] features, int k) {
    double[] radii = new double[features.length];
    for (int i = 0; i < features.length; i++) {
      double[] distances = new double[features.length - 1];
      for (int j = 0; j < features.length; j++) {
        if (j != i) {
          distances[j < i ? j : j - 1] = Features.distance(features[i], features[j]);
        }
      }
      Arrays.sort(distances);
      radii[i] = distances[k - 1];
    }
    return radii;
  }

  private static double share(boolean[] flags) {
    int count = 0;
    for (boolean flag : flags) {
      count += flag ? 1 : 0;
    }
    return (double) count / flags.length;
  }
}
