package io.hybnext.streams.image;

import io.hybnext.image.Image;
import io.hybnext.streams.codec.ByteArrayImageInput;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * PNG through the JDK's reader, which passes over some kinds of damage: so every chunk's length and
 * check sum is verified first.
 */
final class PngDecoder {
  private static final int SIGNATURE_BYTES = 8;
  private static final int IEND = 0x49454E44;

  private final ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
  private String warning;

  PngDecoder() {
    reader.addIIOReadWarningListener((source, text) -> warning = text);
  }

  Image decode(byte[] file, ImageHeader header) throws IOException {
    checkChunks(file);
    warning = null;
    reader.setInput(new ByteArrayImageInput(file), true, true);
    try {
      Image image = RasterPixels.toImage(reader.read(0));
      if (warning != null) {
        throw new QuarantineException(
            QuarantineRule.UNREADABLE, "is a damaged PNG: " + warning.strip());
      }
      if (image.width() != header.width() || image.height() != header.height()) {
        throw new IOException("the size differs from the header's");
      }
      return image;
    } finally {
      reader.setInput(null);
    }
  }

  private static void checkChunks(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).position(SIGNATURE_BYTES);
    CRC32 crc = new CRC32();
    while (bytes.remaining() >= 12) {
      int length = bytes.getInt();
      int type = bytes.getInt(bytes.position());
      if (length < 0 || length > bytes.remaining() - 8) {
        break;
      }
      crc.reset();
      crc.update(file, bytes.position(), length + 4);
      bytes.position(bytes.position() + length + 4);
      if (bytes.getInt() != (int) crc.getValue()) {
        throw new QuarantineException(
            QuarantineRule.UNREADABLE,
            "is a damaged PNG: a check sum before byte " + bytes.position() + " is wrong");
      }
      if (type == IEND) {
        return;
      }
    }
    throw new QuarantineException(
        QuarantineRule.TRUNCATED, "is a PNG without its end chunk: the file is cut off");
  }

  void close() {
    reader.dispose();
  }
}
