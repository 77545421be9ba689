package io.hybnext.model.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A contact sheet: images of one size, row by row, on a white ground with a margin around each.
 *
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 or 3
 * @param pixels height * width * channels bytes, channels interleaved; not to be changed
 */
public record ImageGrid(int width, int height, int channels, byte[] pixels) {

  /**
   * Lays images out.
   *
   * @param images at least one; each imageHeight * imageWidth * channels bytes
   * @param columns images in a row, at least 1; the last row may be shorter
   * @param margin pixels around each image
   */
  public static ImageGrid of(
      List<byte[]> images, int imageWidth, int imageHeight, int channels, int columns, int margin) {
    if (images.isEmpty() || columns < 1 || margin < 0) {
      throw new IllegalArgumentException(
          images.size() + " images in " + columns + " columns: want at least one of each");
    }
    int across = Math.min(columns, images.size());
    int down = (images.size() + across - 1) / across;
    int width = margin + across * (imageWidth + margin);
    int height = margin + down * (imageHeight + margin);
    byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
    Arrays.fill(pixels, (byte) 255);
    for (int i = 0; i < images.size(); i++) {
      int left = margin + i % across * (imageWidth + margin);
      int top = margin + i / across * (imageHeight + margin);
      int rowLength = imageWidth * channels;
      for (int y = 0; y < imageHeight; y++) {
        int at = ((top + y) * width + left) * channels;
        System.arraycopy(images.get(i), y * rowLength, pixels, at, rowLength);
      }
    }
    return new ImageGrid(width, height, channels, pixels);
  }

  /** Writes it as PNG, replacing the file at once. */
  public void writePng(Path target) throws IOException {
    PngFile.write(target, pixels, width, height, channels);
  }
}
