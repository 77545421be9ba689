package io.hybnext.streams.codec;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * JPEG with 8 bits through the JDK's libjpeg, which passes over damage with a warning: here a
 * warning is an error. For one thread; the native reader is kept from image to image.
 */
public final class LibJpeg implements AutoCloseable {
  private final ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
  private String warning;

  /** Takes a native reader, which {@link #close} gives back. */
  public LibJpeg() {
    // libjpeg does not fail at damage: it warns and fills in grey.
    reader.addIIOReadWarningListener((source, text) -> warning = text);
  }

  /** A way to read. */
  private interface Reading<T> {
    T read(ImageReader reader) throws IOException;
  }

  /**
   * The components as they are stored, without any conversion of colours.
   *
   * @throws QuarantineException when the file is damaged or cut off
   * @throws IOException when it is no JPEG that is read
   */
  public Raster components(byte[] file) throws IOException {
    return checked(file, jpeg -> jpeg.readRaster(0, null));
  }

  /** The colours, as RGB in most files; throws as {@link #components}. */
  public BufferedImage colours(byte[] file) throws IOException {
    return checked(file, jpeg -> jpeg.read(0));
  }

  private <T> T checked(byte[] file, Reading<T> reading) throws IOException {
    requireEndMarker(file);
    warning = null;
    reader.setInput(new ByteArrayImageInput(file), true, true);
    try {
      T image = reading.read(reader);
      if (warning != null) {
        throw new QuarantineException(
            QuarantineRule.UNREADABLE, "is a damaged JPEG: " + warning.strip());
      }
      return image;
    } finally {
      reader.setInput(null);
    }
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

  @Override
  public void close() {
    reader.dispose();
  }
}
