package io.hybnext.model.metrics;

import java.util.Arrays;

/**
 * How close an 8-bit image is to its original. Pixels are unsigned bytes, row by row, channels
 * interleaved; both images have the same size.
 */
public final class ImageSimilarity {
  private static final StructuralSimilarity SSIM = new StructuralSimilarity(255);

  private ImageSimilarity() {}

  /**
   * Peak signal-to-noise ratio in decibels over all channels; infinite for equal images.
   *
   * @param a pixels
   * @param b as many pixels
   */
  public static double psnr(byte[] a, byte[] b) {
    if (a.length != b.length || a.length == 0) {
      throw new IllegalArgumentException(
          "images of " + a.length + " and " + b.length + " bytes: want the same size");
    }
    long squares = 0;
    for (int i = 0; i < a.length; i++) {
      int difference = (a[i] & 0xff) - (b[i] & 0xff);
      squares += (long) difference * difference;
    }
    return 10 * Math.log10(255.0 * 255.0 * a.length / squares);
  }

  /** Mean SSIM over the channels; width and height at least 11. */
  public static double ssim(byte[] a, byte[] b, int width, int height, int channels) {
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      sum += SSIM.ssim(plane(a, c, channels), plane(b, c, channels), width, height);
    }
    return sum / channels;
  }

  /** Mean MS-SSIM over the channels, each its own product over the scales; sides at least 176. */
  public static double multiScaleSsim(byte[] a, byte[] b, int width, int height, int channels) {
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      sum += SSIM.multiScale(plane(a, c, channels), plane(b, c, channels), width, height);
    }
    return sum / channels;
  }

  /**
   * MS-SSIM in the other order: on every scale the mean over the channels, then one product over
   * the scales.
   */
  public static double multiScaleSsimOfMeans(
      byte[] a, byte[] b, int width, int height, int channels) {
    double[] means =
        Arrays.stream(scales(a, b, width, height, channels))
            .mapToDouble(scale -> Arrays.stream(scale).average().orElseThrow())
            .toArray();
    return StructuralSimilarity.product(means);
  }

  /**
   * What MS-SSIM is made of: contrast and structure on every scale, the whole index on the last.
   *
   * @return (scales, channels)
   */
  public static double[][] scales(byte[] a, byte[] b, int width, int height, int channels) {
    double[][] values = new double[StructuralSimilarity.SCALES][channels];
    for (int c = 0; c < channels; c++) {
      double[] one = SSIM.scales(plane(a, c, channels), plane(b, c, channels), width, height);
      for (int scale = 0; scale < one.length; scale++) {
        values[scale][c] = one[scale];
      }
    }
    return values;
  }

  private static double[] plane(byte[] pixels, int channel, int channels) {
    double[] plane = new double[pixels.length / channels];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = pixels[i * channels + channel] & 0xff;
    }
    return plane;
  }
}
