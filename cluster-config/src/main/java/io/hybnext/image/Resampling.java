package io.hybnext.image;

import java.util.function.DoubleUnaryOperator;

/**
 * Resampling filters with antialiasing, as Pillow's {@code Image.resize} computes them on 8-bit
 * images: weights in 22-bit fixed point, the horizontal pass first, its result rounded to 8 bits,
 * then the vertical pass. Results equal Pillow's byte for byte.
 */
public enum Resampling {
  /** Mean of the covered pixels. */
  BOX(0.5, Resampling::box),
  /** Triangle of radius 1. */
  BILINEAR(1.0, Resampling::triangle),
  /** Cubic convolution with a = -0.5, radius 2. */
  BICUBIC(2.0, Resampling::cubic);

  private static final double CUBIC_A = -0.5;

  private final double radius;
  private final DoubleUnaryOperator weight;

  Resampling(double radius, DoubleUnaryOperator weight) {
    this.radius = radius;
    this.weight = weight;
  }

  /**
   * Scales an image. The input is returned itself when the size stays the same.
   *
   * @param pixels height * width * channels bytes, not changed
   * @param width of the input, at least 1
   * @param height of the input, at least 1
   * @param channels any number
   * @param newWidth at least 1
   * @param newHeight at least 1
   * @return newHeight * newWidth * channels bytes
   */
  public byte[] resize(
      byte[] pixels, int width, int height, int channels, int newWidth, int newHeight) {
    if (width < 1 || height < 1 || (long) width * height * channels != pixels.length) {
      throw new IllegalArgumentException(
          width + "x" + height + "x" + channels + " image with " + pixels.length + " bytes");
    }
    if (newWidth < 1 || newHeight < 1) {
      throw new IllegalArgumentException(
          "resize to " + newWidth + "x" + newHeight + ": want at least 1x1");
    }
    byte[] wide = pixels;
    if (newWidth != width) {
      wide = new byte[Math.multiplyExact(Math.multiplyExact(height, newWidth), channels)];
      FilterTable.of(width, newWidth, radius, weight).alongRows(pixels, wide, height, channels);
    }
    if (newHeight == height) {
      return wide;
    }
    int rowLength = newWidth * channels;
    byte[] result = new byte[Math.multiplyExact(newHeight, rowLength)];
    FilterTable.of(height, newHeight, radius, weight).alongColumns(wide, result, rowLength);
    return result;
  }

  private static double box(double x) {
    return x > -0.5 && x <= 0.5 ? 1 : 0;
  }

  private static double triangle(double x) {
    return Math.max(0, 1 - Math.abs(x));
  }

  private static double cubic(double signed) {
    double x = Math.abs(signed);
    if (x < 1) {
      return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * CUBIC_A : 0;
  }
}
