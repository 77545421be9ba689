package io.hybnext.streams.image;

import io.hybnext.image.Image;
import io.hybnext.streams.codec.LibJpeg;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.IOException;

/**
 * JPEG through the JDK's libjpeg. Grey files are read as a raster, which skips colour models,
 * profiles and one copy; colour ones go through libjpeg's conversion to RGB.
 */
final class JpegDecoder {
  private final LibJpeg jpeg = new LibJpeg();

  Image decode(byte[] file, ImageHeader header) throws IOException {
    return header.samples() == 1 ? grey(file) : rgb(file);
  }

  private Image grey(byte[] file) throws IOException {
    Raster raster = jpeg.components(file);
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
    if (raster.getNumBands() != 1 || samples.length != width * height) {
      throw new IOException("one sample a pixel was announced, " + raster.getNumBands() + " came");
    }
    return new Image(width, height, 1, samples);
  }

  private Image rgb(byte[] file) throws IOException {
    BufferedImage decoded = jpeg.colours(file);
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

  void close() {
    jpeg.close();
  }
}
