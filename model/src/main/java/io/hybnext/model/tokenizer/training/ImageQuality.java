package io.hybnext.model.tokenizer.training;

/** How close one 8-bit image is to another. Sizes and channels are those of both. */
public final class ImageQuality {
  private static final int WINDOW = 11;
  private static final double SIGMA = 1.5;
  private static final double C1 = 0.01 * 255 * 0.01 * 255;
  private static final double C2 = 0.03 * 255 * 0.03 * 255;
  private static final double LEAST_ERROR = 1e-3; // equal images have 78 dB, not infinity

  private ImageQuality() {}

  /** Peak signal-to-noise ratio in dB over all pixels and channels. */
  public static double psnr(byte[] a, byte[] b) {
    long squares = 0;
    for (int i = 0; i < a.length; i++) {
      int d = (a[i] & 0xff) - (b[i] & 0xff);
      squares += (long) d * d;
    }
    return 10 * Math.log10(255 * 255 / Math.max(LEAST_ERROR, (double) squares / a.length));
  }

  /**
   * Structural similarity (Wang et al. 2004): Gaussian window 11 x 11 with sigma 1.5, mean over the
   * places where it lies inside the image and over channels.
   *
   * @param a height * width * channels bytes, channels interleaved; {@code b} likewise
   */
  public static double ssim(byte[] a, byte[] b, int width, int height, int channels) {
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      sum += ssim(plane(a, c, channels), plane(b, c, channels), width, height);
    }
    return sum / channels;
  }

  private static double[] plane(byte[] pixels, int channel, int channels) {
    double[] plane = new double[pixels.length / channels];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = pixels[i * channels + channel] & 0xff;
    }
    return plane;
  }

  private static double ssim(double[] x, double[] y, int width, int height) {
    double[] mx = smooth(x, width, height);
    double[] my = smooth(y, width, height);
    double[] xx = smooth(product(x, x), width, height);
    double[] yy = smooth(product(y, y), width, height);
    double[] xy = smooth(product(x, y), width, height);
    double sum = 0;
    for (int i = 0; i < mx.length; i++) {
      double means = mx[i] * my[i];
      double squares = mx[i] * mx[i] + my[i] * my[i];
      sum +=
          (2 * means + C1)
              * (2 * (xy[i] - means) + C2)
              / ((squares + C1) * (xx[i] + yy[i] - squares + C2));
    }
    return sum / mx.length;
  }

  private static double[] product(double[] x, double[] y) {
    double[] product = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      product[i] = x[i] * y[i];
    }
    return product;
  }

  private static double[] smooth(double[] plane, int width, int height) {
    double[] window = window();
    int narrow = width - WINDOW + 1;
    int low = height - WINDOW + 1;
    double[] rows = new double[narrow * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < narrow; x++) {
        double sum = 0;
        for (int k = 0; k < WINDOW; k++) {
          sum += window[k] * plane[y * width + x + k];
        }
        rows[y * narrow + x] = sum;
      }
    }
    double[] both = new double[narrow * low];
    for (int y = 0; y < low; y++) {
      for (int k = 0; k < WINDOW; k++) {
        for (int x = 0; x < narrow; x++) {
          both[y * narrow + x] += window[k] * rows[(y + k) * narrow + x];
        }
      }
    }
    return both;
  }

  /** The window along one axis, sum 1. */
  static double[] window() {
    double[] window = new double[WINDOW];
    double sum = 0;
    for (int k = 0; k < WINDOW; k++) {
      double d = k - WINDOW / 2;
      window[k] = Math.exp(-d * d / (2 * SIGMA * SIGMA));
      sum += window[k];
    }
    for (int k = 0; k < WINDOW; k++) {
      window[k] /= sum;
    }
    return window;
  }
}
