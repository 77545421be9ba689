package io.hybnext.model.metrics;

import java.util.Arrays;

/**
 * SSIM and MS-SSIM of single-channel images: 11 x 11 Gaussian window of deviation 1.5, only places
 * where it fits wholly, constants 0.01 and 0.03. Wang et al., "Image quality assessment" (2004) and
 * "Multi-scale structural similarity" (2003).
 */
public final class StructuralSimilarity {
  private static final double[] SCALE_WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

  /** Number of scales of MS-SSIM. */
  static final int SCALES = SCALE_WEIGHTS.length;

  private static final double[] WINDOW = gaussian(11, 1.5);

  private final double luminanceConstant;
  private final double contrastConstant;

  /**
   * For images of the given range.
   *
   * @param range largest minus smallest possible value: 255 for bytes, 2 for [-1, 1]
   */
  public StructuralSimilarity(double range) {
    luminanceConstant = (0.01 * range) * (0.01 * range);
    contrastConstant = (0.03 * range) * (0.03 * range);
  }

  /** Means over all places of the whole index and of its part without luminance. */
  private record Terms(double whole, double contrast) {}

  /**
   * Mean SSIM of two images.
   *
   * @param x height * width values, row by row
   * @param y as {@code x}
   * @param width at least 11
   * @param height at least 11
   * @return 1 for equal images
   */
  public double ssim(double[] x, double[] y, int width, int height) {
    return terms(x, y, width, height).whole();
  }

  /**
   * MS-SSIM over five scales, each half as large as the one before (means of 2 x 2 pixels).
   * Negative terms count as 0.
   *
   * @param width at least 176, so that the window fits into the smallest scale
   * @param height at least 176
   */
  public double multiScale(double[] x, double[] y, int width, int height) {
    return product(scales(x, y, width, height));
  }

  /**
   * What {@link #multiScale} multiplies, one a scale, before the exponents: the part without
   * luminance, on the last scale the whole index.
   */
  double[] scales(double[] x, double[] y, int width, int height) {
    double[] values = new double[SCALE_WEIGHTS.length];
    double[] a = x;
    double[] b = y;
    int w = width;
    int h = height;
    for (int scale = 0; scale < values.length; scale++) {
      Terms terms = terms(a, b, w, h);
      if (scale == values.length - 1) {
        values[scale] = terms.whole();
      } else {
        values[scale] = terms.contrast();
        a = halve(a, w, h);
        b = halve(b, w, h);
        w /= 2;
        h /= 2;
      }
    }
    return values;
  }

  /** The weighted product over scales; negative values count as 0. */
  static double product(double[] scales) {
    double product = 1;
    for (int scale = 0; scale < scales.length; scale++) {
      product *= Math.pow(Math.max(0, scales[scale]), SCALE_WEIGHTS[scale]);
    }
    return product;
  }

  private Terms terms(double[] x, double[] y, int width, int height) {
    if (width < WINDOW.length || height < WINDOW.length) {
      throw new IllegalArgumentException(
          width
              + "x"
              + height
              + " pixels are too few for SSIM: want 11x11, or 176x176 for MS-SSIM");
    }
    double[] meanX = blur(x, width, height);
    double[] meanY = blur(y, width, height);
    double[] xx = blur(product(x, x), width, height);
    double[] yy = blur(product(y, y), width, height);
    double[] xy = blur(product(x, y), width, height);
    double whole = 0;
    double contrast = 0;
    for (int i = 0; i < meanX.length; i++) {
      double covariance = xy[i] - meanX[i] * meanY[i];
      double variances = xx[i] - meanX[i] * meanX[i] + yy[i] - meanY[i] * meanY[i];
      double structure = (2 * covariance + contrastConstant) / (variances + contrastConstant);
      double luminance =
          (2 * meanX[i] * meanY[i] + luminanceConstant)
              / (meanX[i] * meanX[i] + meanY[i] * meanY[i] + luminanceConstant);
      contrast += structure;
      whole += structure * luminance;
    }
    return new Terms(whole / meanX.length, contrast / meanX.length);
  }

  private static double[] product(double[] x, double[] y) {
    double[] product = new double[x.length];
    Arrays.setAll(product, i -> x[i] * y[i]);
    return product;
  }

  private static double[] blur(double[] image, int width, int height) {
    int shortWidth = width - WINDOW.length + 1;
    int shortHeight = height - WINDOW.length + 1;
    double[] rows = new double[height * shortWidth];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < shortWidth; x++) {
        double sum = 0;
        for (int k = 0; k < WINDOW.length; k++) {
          sum += WINDOW[k] * image[y * width + x + k];
        }
        rows[y * shortWidth + x] = sum;
      }
    }
    double[] blurred = new double[shortHeight * shortWidth];
    for (int y = 0; y < shortHeight; y++) {
      for (int k = 0; k < WINDOW.length; k++) {
        for (int x = 0; x < shortWidth; x++) {
          blurred[y * shortWidth + x] += WINDOW[k] * rows[(y + k) * shortWidth + x];
        }
      }
    }
    return blurred;
  }

  private static double[] halve(double[] image, int width, int height) {
    int w = width / 2;
    int h = height / 2;
    double[] half = new double[w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int at = 2 * y * width + 2 * x;
        half[y * w + x] =
            (image[at] + image[at + 1] + image[at + width] + image[at + width + 1]) / 4;
      }
    }
    return half;
  }

  private static double[] gaussian(int length, double deviation) {
    double[] window = new double[length];
    double sum = 0;
    for (int i = 0; i < length; i++) {
      double distance = i - (length - 1) / 2.0;
      window[i] = Math.exp(-distance * distance / (2 * deviation * deviation));
      sum += window[i];
    }
    for (int i = 0; i < length; i++) {
      window[i] /= sum;
    }
    return window;
  }
}
