package io.hybnext.image;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Fixed-point weights of one axis: output pixel i is the sum of {@code weights[i][k] *
 * input[first[i] + k]}, rounded, clipped to a byte.
 */
final class FilterTable {
  private static final int FRACTION_BITS = 22;
  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private final int inputLength;
  private final int[] first;
  private final int[][] weights;

  private FilterTable(int inputLength, int[] first, int[][] weights) {
    this.inputLength = inputLength;
    this.first = first;
    this.weights = weights;
  }

  static FilterTable of(int length, int newLength, double radius, DoubleUnaryOperator weight) {
    double scale = (double) length / newLength;
    double stretch = Math.max(scale, 1); // antialias when shrinking
    double reach = radius * stretch;
    int[] first = new int[newLength];
    int[][] weights = new int[newLength][];
    for (int i = 0; i < newLength; i++) {
      double center = (i + 0.5) * scale;
      int from = Math.max(0, (int) (center - reach + 0.5));
      int to = Math.min(length, (int) (center + reach + 0.5));
      first[i] = from;
      weights[i] = row(center, from, to, 1 / stretch, weight);
    }
    return new FilterTable(length, first, weights);
  }

  private static int[] row(
      double center, int from, int to, double inverseStretch, DoubleUnaryOperator weight) {
    double[] exact = new double[to - from];
    double sum = 0;
    for (int k = 0; k < exact.length; k++) {
      exact[k] = weight.applyAsDouble((k + from - center + 0.5) * inverseStretch);
      sum += exact[k];
    }
    int[] fixed = new int[exact.length];
    for (int k = 0; k < exact.length; k++) {
      double scaled = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << FRACTION_BITS);
      fixed[k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return fixed;
  }

  void alongRows(byte[] input, byte[] output, int rows, int channels) {
    int out = 0;
    for (int y = 0; y < rows; y++) {
      int rowStart = y * inputLength * channels;
      for (int i = 0; i < first.length; i++) {
        int start = rowStart + first[i] * channels;
        for (int c = 0; c < channels; c++) {
          output[out++] = weighted(input, start + c, channels, weights[i]);
        }
      }
    }
  }

  void alongColumns(byte[] input, byte[] output, int rowLength) {
    int[] sums = new int[rowLength];
    for (int i = 0; i < first.length; i++) {
      Arrays.fill(sums, HALF);
      int start = first[i] * rowLength;
      for (int weight : weights[i]) {
        for (int x = 0; x < rowLength; x++) {
          sums[x] += (input[start + x] & 0xff) * weight;
        }
        start += rowLength;
      }
      int out = i * rowLength;
      for (int x = 0; x < rowLength; x++) {
        output[out + x] = clip(sums[x]);
      }
    }
  }

  private static byte weighted(byte[] input, int start, int step, int[] weights) {
    int sum = HALF;
    int at = start;
    for (int weight : weights) {
      sum += (input[at] & 0xff) * weight;
      at += step;
    }
    return clip(sum);
  }

  private static byte clip(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
  }
}
