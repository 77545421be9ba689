package io.hybnext.model.metrics;

import java.util.Arrays;

/**
 * How sure a classifier is of each picture and how varied its answers are over all of them: {@code
 * exp(mean KL(p(y|x) || p(y)))}, between 1 and the number of classes. With ImageNet's Inception it
 * is the Inception score; any other classifier gives a score of the same form, comparable only with
 * itself. Salimans et al., "Improved techniques for training GANs" (2016), section 4.
 *
 * @param mean over the splits
 * @param deviation over the splits, population
 */
public record InceptionScore(double mean, double deviation) {

  /**
   * The score of consecutive parts of the pictures, as public programs report it.
   *
   * @param probabilities p(y|x), a row a picture, each summing to 1
   * @param splits number of parts, 10 with 50,000 pictures; at most as many as there are pictures
   */
  public static InceptionScore of(double[][] probabilities, int splits) {
    int n = Features.check(probabilities, 1);
    if (splits < 1 || splits > n) {
      throw new IllegalArgumentException(
          splits + " splits of " + n + " pictures: want at least one picture in each");
    }
    for (double[] row : probabilities) {
      double sum = Arrays.stream(row).sum();
      if (Arrays.stream(row).anyMatch(p -> p < 0) || Math.abs(sum - 1) > 1e-4) {
        throw new IllegalArgumentException(
            "probabilities that sum to " + sum + ": want 1, none negative");
      }
    }
    double[] scores = new double[splits];
    for (int split = 0; split < splits; split++) {
      int from = (int) ((long) split * n / splits);
      int to = (int) ((long) (split + 1) * n / splits);
      scores[split] = score(Arrays.copyOfRange(probabilities, from, to));
    }
    double mean = Arrays.stream(scores).average().orElseThrow();
    double squares = Arrays.stream(scores).map(s -> (s - mean) * (s - mean)).sum();
    return new InceptionScore(mean, Math.sqrt(squares / splits));
  }

  private static double score(double[][] rows) {
    double[] marginal = Features.mean(rows);
    double sum = 0;
    for (double[] row : rows) {
      for (int y = 0; y < row.length; y++) {
        if (row[y] > 0) {
          sum += row[y] * Math.log(row[y] / marginal[y]);
        }
      }
    }
    return Math.exp(sum / rows.length);
  }
}
