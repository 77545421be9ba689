package io.hybnext.model.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How much an alignment teacher's features can teach: a feature that lies in a few directions or
 * follows from the caption tells the model nothing that it was not given already.
 */
public final class FeatureInformation {
  private FeatureInformation() {}

  /**
   * Effective rank: e to the entropy of the normalised singular values of the centred features. N
   * directions of equal spread give N. Roy and Vetterli, "The effective rank" (2007).
   *
   * @param features at least 2 rows of equal length, not all the same
   */
  public static double effectiveRank(double[][] features) {
    return spread(Arrays.stream(variances(features)).map(Math::sqrt).toArray());
  }

  /**
   * The same with variances (squared singular values) in place of singular values: a stricter
   * count, which small directions hardly raise.
   */
  public static double effectiveRankByVariance(double[][] features) {
    return spread(variances(features));
  }

  private static double[] variances(double[][] features) {
    return SymmetricEigen.values(GaussianStatistics.of(features).covariance());
  }

  private static double spread(double[] weights) {
    double sum = Arrays.stream(weights).sum();
    if (sum <= 0) {
      throw new IllegalArgumentException("all features are the same: want some that differ");
    }
    double entropy =
        Arrays.stream(weights)
            .map(w -> w / sum)
            .filter(p -> p > 0)
            .map(p -> -p * Math.log(p))
            .sum();
    return Math.exp(entropy);
  }

  /**
   * Share of the features' variance that their captions explain (R^2 of the means by caption),
   * adjusted for the number of captions, so that features unrelated to them give about 0 however
   * many captions occur once only.
   *
   * @param features one row a sample
   * @param captionIds number of the caption of each sample; fewer captions than samples
   * @return at most 1; slightly negative by chance
   */
  public static double shareExplainedByCaption(double[][] features, int[] captionIds) {
    int n = Features.check(features, 3);
    int[] distinct = IntStream.of(captionIds).distinct().sorted().toArray();
    if (captionIds.length != n || distinct.length >= n) {
      throw new IllegalArgumentException(
          n
              + " features, "
              + captionIds.length
              + " caption numbers, "
              + distinct.length
              + " of them distinct: want a number for each and some captions that repeat");
    }
    int[] group = IntStream.of(captionIds).map(id -> Arrays.binarySearch(distinct, id)).toArray();
    double[][] groupMeans = groupMeans(features, group, distinct.length);
    double within = 0;
    double total = 0;
    double[] mean = Features.mean(features);
    for (int i = 0; i < n; i++) {
      within += squaredDistance(features[i], groupMeans[group[i]]);
      total += squaredDistance(features[i], mean);
    }
    return 1 - within / (n - distinct.length) / (total / (n - 1));
  }

  private static double[][] groupMeans(double[][] features, int[] group, int groups) {
    double[][] means = new double[groups][features[0].length];
    int[] counts = new int[groups];
    for (int i = 0; i < features.length; i++) {
      counts[group[i]]++;
      for (int j = 0; j < features[i].length; j++) {
        means[group[i]][j] += features[i][j];
      }
    }
    for (int g = 0; g < groups; g++) {
      for (int j = 0; j < means[g].length; j++) {
        means[g][j] /= counts[g];
      }
    }
    return means;
  }

  private static double squaredDistance(double[] a, double[] b) {
    double distance = Features.distance(a, b);
    return distance * distance;
  }
}
