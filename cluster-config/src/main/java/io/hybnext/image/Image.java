package io.hybnext.image;

/**
 * A decoded image. Pixels are unsigned bytes, row by row, channels interleaved; shared, not copied:
 * whoever holds an image does not write to it.
 *
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 grey, 3 RGB
 * @param pixels height * width * channels bytes
 */
public record Image(int width, int height, int channels, byte[] pixels) {

  /** Checks the length of {@code pixels}. */
  public Image {
    if ((long) width * height * channels != pixels.length) {
      throw new IllegalArgumentException(
          width + "x" + height + "x" + channels + " image with " + pixels.length + " bytes");
    }
  }

  /** Bytes that this image holds, for budgets. */
  public long sizeBytes() {
    return pixels.length;
  }
}
