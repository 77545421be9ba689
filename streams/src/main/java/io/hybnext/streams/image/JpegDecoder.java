package io.hybnext.streams.image;

import io.hybnext.image.Image;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * JPEG through the JDK's libjpeg. Grey files are read as a raster, which skips colour models,
 * profiles and one copy; colour ones go through libjpeg's conversion to RGB.
 */
final class JpegDecoder {
  private final ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
  private String warning;

  JpegDecoder() {
    // libjpeg does not fail at damage: it warns and fills in grey.
    reader.addIIOReadWarningListener((source, text) -> warning = text);
  }

  Image decode(byte[] file, ImageHeader header) throws IOException {
    requireEndMarker(file);
    warning = null;
    reader.setInput(new ByteArrayImageInput(file), true, true);
    try {
      Image image = header.samples() == 1 ? grey() : rgb();
      if (warning != null) {
        throw new QuarantineException(
            QuarantineRule.UNREADABLE, "is a damaged JPEG: " + warning.strip());
      }
      return image;
    } finally {
      reader.setInput(null);
    }
  }

  private Image grey() throws IOException {
    Raster raster = reader.readRaster(0, null);
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (raster.getNumBands() != 1 || samples.length != width * height) {
      throw new IOException("one sample a pixel was announced, " + raster.getNumBands() + " came");
    }
    return new Image(width, height, 1, samples);
  }

  private Image rgb() throws IOException {
    BufferedImage decoded = reader.read(0);
    if (decoded.getType() != BufferedImage.TYPE_3BYTE_BGR) {
      return RasterPixels.toImage(decoded);
    }
    byte[] pixels = ((DataBufferByte) decoded.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < pixels.length; i += 3) {
      byte blue = pixels[i];
      pixels[i] = pixels[i + 2];
      pixels[i + 2] = blue;
    }
    return new Image(decoded.getWidth(), decoded.getHeight(), 3, pixels);
  }

  /** Files may carry bytes after the end marker, so it is looked for from behind. */
  private static void requireEndMarker(byte[] file) {
    for (int i = file.length - 2; i >= 0; i--) {
      if (file[i] == (byte) 0xFF && file[i + 1] == (byte) 0xD9) {
        return;
      }
    }
    throw new QuarantineException(
        QuarantineRule.TRUNCATED, "is a JPEG without its end marker: the file is cut off");
  }

  void close() {
    reader.dispose();
  }
}
