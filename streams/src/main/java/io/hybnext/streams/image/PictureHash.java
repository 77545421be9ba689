package io.hybnext.streams.image;

import io.hybnext.image.Image;
import java.util.Arrays;

/**
 * What a picture looks like, in 64 bits: of the grey levels, averaged to 32 x 32 fields, the 8 x 8
 * lowest frequencies of a cosine transform (DCT-II), each compared with their median; the mean
 * level itself is left out. Another size, compression or brightness of the same picture changes few
 * bits: pictures are alike when the Hamming distance of their hashes is small (the "pHash" of
 * Zauner, 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions").
 */
public final class PictureHash {
  private static final int SIDE = 32;
  private static final int KEPT = 8;
  private static final double[][] COSINES = cosines();

  private PictureHash() {}

  private static double[][] cosines() {
    double[][] cosines = new double[KEPT][SIDE];
    for (int frequency = 0; frequency < KEPT; frequency++) {
      for (int at = 0; at < SIDE; at++) {
        cosines[frequency][at] = Math.cos(Math.PI / SIDE * (at + 0.5) * frequency);
      }
    }
    return cosines;
  }

  /** The hash of an image of at least one pixel. */
  public static long of(Image image) {
    double[][] levels = fields(image);
    double[] low = new double[KEPT * KEPT];
    for (int y = 0; y < KEPT; y++) {
      for (int x = 0; x < KEPT; x++) {
        low[y * KEPT + x] = coefficient(levels, y, x);
      }
    }
    double[] sorted = Arrays.copyOfRange(low, 1, low.length);
    Arrays.sort(sorted);
    double median = sorted[sorted.length / 2];
    long hash = 0;
    for (int bit = 1; bit < low.length; bit++) {
      hash |= low[bit] > median ? 1L << bit : 0;
    }
    return hash;
  }

  private static double coefficient(double[][] levels, int y, int x) {
    double sum = 0;
    for (int row = 0; row < SIDE; row++) {
      double across = 0;
      for (int column = 0; column < SIDE; column++) {
        across += levels[row][column] * COSINES[x][column];
      }
      sum += across * COSINES[y][row];
    }
    return sum;
  }

  /** Mean levels of fields; smaller images have their pixels several times. */
  private static double[][] fields(Image image) {
    double[][] fields = new double[SIDE][SIDE];
    for (int y = 0; y < SIDE; y++) {
      int top = y * image.height() / SIDE;
      int bottom = Math.max(top + 1, (y + 1) * image.height() / SIDE);
      for (int x = 0; x < SIDE; x++) {
        int left = x * image.width() / SIDE;
        int right = Math.max(left + 1, (x + 1) * image.width() / SIDE);
        fields[y][x] = mean(image, left, top, right, bottom);
      }
    }
    return fields;
  }

  private static double mean(Image image, int left, int top, int right, int bottom) {
    byte[] pixels = image.pixels();
    int channels = image.channels();
    long sum = 0;
    for (int y = top; y < bottom; y++) {
      int from = (y * image.width() + left) * channels;
      int to = (y * image.width() + right) * channels;
      for (int at = from; at < to; at++) {
        sum += pixels[at] & 0xFF;
      }
    }
    return (double) sum / ((long) (bottom - top) * (right - left) * channels);
  }

  /** Bits in which two hashes differ, 0 to 63. */
  public static int distance(long one, long other) {
    return Long.bitCount(one ^ other);
  }
}
