package io.hybnext.model.metrics;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A classifier over features: every class a Gaussian around its mean, all with the same spread in
 * all directions, as frequent as in the samples it was made from. It needs no training, which makes
 * it a classifier for the {@link InceptionScore} wherever labelled images and a network of features
 * are.
 */
public final class GaussianClassifier {
  private final double[][] means;
  private final double[] logPriors;
  private final double variance;

  private GaussianClassifier(double[][] means, double[] logPriors, double variance) {
    this.means = means;
    this.logPriors = logPriors;
    this.variance = variance;
  }

  /**
   * Fits means, spread and frequencies.
   *
   * @param features a row a sample
   * @param labels one a sample; at least two different ones, and one that occurs twice
   */
  public static GaussianClassifier of(double[][] features, List<String> labels) {
    int n = Features.check(features, 2);
    Map<String, double[][]> classes = new LinkedHashMap<>();
    for (String label : labels) {
      classes.computeIfAbsent(label, l -> members(features, labels, l));
    }
    if (labels.size() != n || classes.size() < 2 || classes.size() == n) {
      throw new IllegalArgumentException(
          n
              + " features of "
              + labels.size()
              + " labels, "
              + classes.size()
              + " different: want a label each, two classes or more, and some samples alike");
    }
    double[][] means = classes.values().stream().map(Features::mean).toArray(double[][]::new);
    double[] logPriors =
        classes.values().stream().mapToDouble(m -> Math.log((double) m.length / n)).toArray();
    double squares = 0;
    int next = 0;
    for (double[][] members : classes.values()) {
      for (double[] member : members) {
        double distance = Features.distance(member, means[next]);
        squares += distance * distance;
      }
      next++;
    }
    double freedom = (double) (n - classes.size()) * features[0].length;
    return new GaussianClassifier(means, logPriors, Math.max(squares / freedom, Double.MIN_NORMAL));
  }

  private static double[][] members(double[][] features, List<String> labels, String label) {
    return java.util.stream.IntStream.range(0, features.length)
        .filter(i -> labels.get(i).equals(label))
        .mapToObj(i -> features[i])
        .toArray(double[][]::new);
  }

  /**
   * Probabilities of the classes, in the order in which their labels first occurred.
   *
   * @param features rows of the length it was made from
   */
  public double[][] probabilities(double[][] features) {
    return Arrays.stream(features).map(this::probabilities).toArray(double[][]::new);
  }

  private double[] probabilities(double[] feature) {
    double[] scores = new double[means.length];
    for (int y = 0; y < scores.length; y++) {
      double distance = Features.distance(feature, means[y]);
      scores[y] = logPriors[y] - distance * distance / (2 * variance);
    }
    double largest = Arrays.stream(scores).max().orElseThrow();
    double sum = 0;
    for (int y = 0; y < scores.length; y++) {
      scores[y] = Math.exp(scores[y] - largest);
      sum += scores[y];
    }
    for (int y = 0; y < scores.length; y++) {
      scores[y] /= sum;
    }
    return scores;
  }
}
