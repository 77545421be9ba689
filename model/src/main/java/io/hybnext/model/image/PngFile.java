package io.hybnext.model.image;

import io.hybnext.file.AtomicFile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Writes 8-bit images as PNG. */
public final class PngFile {
  private PngFile() {}

  /**
   * Encodes an image.
   *
   * @param pixels height * width * channels bytes, channels interleaved
   * @param channels 1 grey or 3 RGB
   */
  public static byte[] encode(byte[] pixels, int width, int height, int channels)
      throws IOException {
    if ((channels != 1 && channels != 3) || (long) width * height * channels != pixels.length) {
      throw new IllegalArgumentException(
          width + "x" + height + "x" + channels + " image with " + pixels.length + " bytes");
    }
    int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage image = new BufferedImage(width, height, type);
    byte[] raster = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < pixels.length; i++) {
      raster[channels == 1 ? i : i - i % 3 + 2 - i % 3] = pixels[i]; // BGR in memory
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "png", png)) {
      throw new IOException("this Java runtime has no PNG writer; install the java.desktop module");
    }
    return png.toByteArray();
  }

  /** Writes an image; whoever reads the path sees the old file or the whole new one. */
  public static void write(Path target, byte[] pixels, int width, int height, int channels)
      throws IOException {
    AtomicFile.write(target, encode(pixels, width, height, channels));
  }
}
