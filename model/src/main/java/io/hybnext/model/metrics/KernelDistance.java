package io.hybnext.model.metrics;

import io.hybnext.gpu.CounterRandom;
import java.util.Arrays;

/**
 * The kernel distance of two sets of features (KID): the unbiased estimate of the squared maximum
 * mean discrepancy with the kernel {@code (x.y / D + 1)^3}. Unlike the Frechet distance it has no
 * bias in small sets; it may be slightly negative when the sets agree. Binkowski et al.,
 * "Demystifying MMD GANs" (2018), section 4.
 */
public final class KernelDistance {
  private static final long SUBSET_STREAM = 0x4b4944; // "KID"

  private KernelDistance() {}

  /**
   * Estimates over subsets.
   *
   * @param mean over the subsets
   * @param populationDeviation divided by the number of subsets
   * @param sampleDeviation divided by one less; NaN for one subset
   * @param values one a subset; not to be changed
   */
  public record Subsets(
      double mean, double populationDeviation, double sampleDeviation, double[] values) {

    static Subsets of(double[] values) {
      double mean = Arrays.stream(values).average().orElseThrow();
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      return new Subsets(
          mean,
          Math.sqrt(squares / values.length),
          Math.sqrt(squares / (values.length - 1)),
          values);
    }
  }

  /**
   * The estimate over all samples; the two sets may differ in size.
   *
   * @param real at least 2 rows of equal length
   * @param fake at least 2 rows of the same length
   */
  public static double between(double[][] real, double[][] fake) {
    Features.checkPair(real, fake, 2);
    return within(real) + within(fake) - 2 * across(real, fake);
  }

  /**
   * The estimate over subsets drawn without replacement, as a function of the seed alone.
   *
   * @param subsets how many
   * @param size samples from each set in a subset; at most what the smaller set holds
   */
  public static Subsets overSubsets(
      double[][] real, double[][] fake, int subsets, int size, long seed) {
    int[][] realRows = new int[subsets][];
    int[][] fakeRows = new int[subsets][];
    for (int i = 0; i < subsets; i++) {
      realRows[i] = draw(real.length, size, CounterRandom.key(seed, SUBSET_STREAM, i, 0));
      fakeRows[i] = draw(fake.length, size, CounterRandom.key(seed, SUBSET_STREAM, i, 1));
    }
    return overSubsets(real, fake, realRows, fakeRows);
  }

  /** The estimate over given subsets: row numbers into each set. */
  public static Subsets overSubsets(
      double[][] real, double[][] fake, int[][] realRows, int[][] fakeRows) {
    double[] values = new double[realRows.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = between(rows(real, realRows[i]), rows(fake, fakeRows[i]));
    }
    return Subsets.of(values);
  }

  private static double[][] rows(double[][] features, int[] rows) {
    return Arrays.stream(rows).mapToObj(row -> features[row]).toArray(double[][]::new);
  }

  /** The first {@code size} places of a Fisher-Yates shuffle. */
  private static int[] draw(int count, int size, long key) {
    if (size < 2 || size > count) {
      throw new IllegalArgumentException(
          "subset of " + size + " from " + count + " features: want between 2 and all");
    }
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    for (int i = 0; i < size; i++) {
      int other = i + (int) Long.remainderUnsigned(CounterRandom.word(key, i), count - i);
      int taken = order[other];
      order[other] = order[i];
      order[i] = taken;
    }
    return Arrays.copyOf(order, size);
  }

  private static double within(double[][] features) {
    int n = features.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        sum += kernel(features[i], features[j]);
      }
    }
    return 2 * sum / ((double) n * (n - 1));
  }

  private static double across(double[][] real, double[][] fake) {
    double sum = 0;
    for (double[] a : real) {
      for (double[] b : fake) {
        sum += kernel(a, b);
      }
    }
    return sum / ((double) real.length * fake.length);
  }

  private static double kernel(double[] a, double[] b) {
    double base = Features.dot(a, b) / a.length + 1;
    return base * base * base;
  }
}
