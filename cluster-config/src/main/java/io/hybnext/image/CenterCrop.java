package io.hybnext.image;

/**
 * Scales an image to cover a target and cuts out its centre, the way LlamaGen ({@code
 * center_crop_arr}) and Chameleon ({@code center_crop}) prepare training images: halved with {@link
 * Resampling#BOX} while both sides stay at least as long as the target, then {@link
 * Resampling#BICUBIC}, then the centre, rounded to the upper left.
 */
public final class CenterCrop {
  private CenterCrop() {}

  /**
   * Cuts to a square, as LlamaGen does.
   *
   * @return size * size * channels bytes
   */
  public static byte[] square(byte[] pixels, int width, int height, int channels, int size) {
    return rectangle(pixels, width, height, channels, size, size);
  }

  /**
   * Cuts to any size, as Chameleon does.
   *
   * @param pixels height * width * channels bytes, not changed
   * @return targetHeight * targetWidth * channels bytes
   */
  public static byte[] rectangle(
      byte[] pixels, int width, int height, int channels, int targetWidth, int targetHeight) {
    byte[] image = pixels;
    int w = width;
    int h = height;
    while (w >= 2L * targetWidth && h >= 2L * targetHeight) {
      boolean even = w % 2 == 0 && h % 2 == 0;
      image =
          even
              ? BoxHalving.apply(image, w, h, channels)
              : Resampling.BOX.resize(image, w, h, channels, w / 2, h / 2);
      w /= 2;
      h /= 2;
    }
    double scale = Math.max((double) targetWidth / w, (double) targetHeight / h);
    int scaledWidth = (int) Math.rint(w * scale); // half to even, as Python's round
    int scaledHeight = (int) Math.rint(h * scale);
    image = Resampling.BICUBIC.resize(image, w, h, channels, scaledWidth, scaledHeight);
    return cut(
        image,
        scaledWidth,
        channels,
        (scaledWidth - targetWidth) / 2,
        (scaledHeight - targetHeight) / 2,
        targetWidth,
        targetHeight);
  }

  static byte[] cut(
      byte[] image, int imageWidth, int channels, int left, int top, int width, int height) {
    byte[] result = new byte[height * width * channels];
    for (int y = 0; y < height; y++) {
      int from = ((top + y) * imageWidth + left) * channels;
      System.arraycopy(image, from, result, y * width * channels, width * channels);
    }
    return result;
  }
}
