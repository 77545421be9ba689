package io.hybnext.image;

/**
 * {@link Resampling#BOX} to exactly half of even sides, several times faster. With two weights of
 * one half the fixed-point sum of each pass is (a + b + 1) / 2, rounded down, so the bytes are the
 * same.
 */
final class BoxHalving {
  private BoxHalving() {}

  /**
   * Halves both sides.
   *
   * @param pixels height * width * channels bytes, not changed
   * @param width even
   * @param height even
   * @return height / 2 * width / 2 * channels bytes
   */
  static byte[] apply(byte[] pixels, int width, int height, int channels) {
    byte[] result = new byte[pixels.length / 4];
    int rowLength = width * channels;
    int out = 0;
    for (int y = 0; y < height; y += 2) {
      int upper = y * rowLength;
      for (int x = 0; x < rowLength; x += 2 * channels) {
        for (int c = x; c < x + channels; c++) {
          int above = mean(pixels[upper + c], pixels[upper + c + channels]);
          int below = mean(pixels[upper + rowLength + c], pixels[upper + rowLength + c + channels]);
          result[out++] = (byte) ((above + below + 1) >> 1);
        }
      }
    }
    return result;
  }

  private static int mean(byte a, byte b) {
    return ((a & 0xff) + (b & 0xff) + 1) >> 1;
  }
}
