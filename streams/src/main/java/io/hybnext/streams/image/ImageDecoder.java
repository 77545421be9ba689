package io.hybnext.streams.image;

import io.hybnext.image.Image;
import io.hybnext.streams.dicom.DicomDecoder;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.IOException;

/**
 * Decodes JPEG, PNG and DICOM files into {@link Image}s: grey where the file is grey, RGB
 * otherwise. One decoder a thread; the native reader behind it is kept from image to image.
 *
 * <p>Of JPEG and PNG sample values are taken as stored: no gamma, no colour profile, no EXIF
 * orientation, as Pillow does. Alpha is laid on white. Of 16-bit samples, grey ones are stretched
 * from the image's own least and greatest value to 0..255 (radiographs use a small part of the
 * 16-bit range), colour ones keep their upper 8 bits. Damage is never passed over: a file that the
 * reader could only finish by filling in is refused.
 */
public final class ImageDecoder implements AutoCloseable {
  private final JpegDecoder jpeg = new JpegDecoder();
  private final PngDecoder png = new PngDecoder();
  private final DicomDecoder dicom = new DicomDecoder();

  /**
   * Decodes a file.
   *
   * @param file its bytes
   * @param header what {@link ImageHeader#of(byte[])} says of the same bytes
   * @throws QuarantineException when it is damaged, truncated or of an unsupported kind
   */
  public Image decode(byte[] file, ImageHeader header) {
    try {
      return switch (header.format()) {
        case JPEG -> jpeg.decode(file, header);
        case PNG -> png.decode(file, header);
        case DICOM -> dicom.decode(file);
      };
    } catch (QuarantineException known) {
      throw known;
    } catch (IOException | RuntimeException damaged) { // the JDK's readers throw anything at damage
      throw new QuarantineException(
          QuarantineRule.UNREADABLE,
          "cannot be decoded as " + header.format() + ": " + describe(damaged));
    }
  }

  private static String describe(Exception error) {
    Throwable cause = error;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return message.strip().replaceAll("\\s+", " ");
  }

  /** Releases the native readers. */
  @Override
  public void close() {
    jpeg.close();
    png.close();
    dicom.close();
  }
}
