package io.hybnext.model.tokenizer.training;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** A picture with rows of images, each above its reconstruction, pixel for pixel. */
public final class ReconstructionGrid {
  private ReconstructionGrid() {}

  /**
   * Writes a PNG.
   *
   * @param originals side * side * channels bytes each
   * @param made the same number of reconstructions
   * @param columns images a row
   * @throws IOException when the file cannot be written
   */
  public static void write(
      Path file, List<byte[]> originals, List<byte[]> made, int side, int channels, int columns)
      throws IOException {
    int rows = (originals.size() + columns - 1) / columns;
    int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage grid = new BufferedImage(columns * side, rows * 2 * side, type);
    for (int i = 0; i < originals.size(); i++) {
      int left = i % columns * side;
      int top = i / columns * 2 * side;
      draw(grid, originals.get(i), left, top, side, channels);
      draw(grid, made.get(i), left, top + side, side, channels);
    }
    if (!ImageIO.write(grid, "png", file.toFile())) {
      throw new IOException(file + ": this Java platform cannot write PNG");
    }
  }

  private static void draw(
      BufferedImage grid, byte[] pixels, int left, int top, int side, int channels) {
    int[] sample = new int[side * side * channels];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = pixels[i] & 0xff;
    }
    grid.getRaster().setPixels(left, top, side, side, sample);
  }
}
