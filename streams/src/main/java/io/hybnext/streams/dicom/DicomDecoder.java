package io.hybnext.streams.dicom;

import io.hybnext.image.Image;
import io.hybnext.streams.codec.HuffmanJpeg;
import io.hybnext.streams.codec.LibJpeg;
import io.hybnext.streams.dicom.DicomImage.Photometric;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decodes the pixels of DICOM files: explicit and implicit little endian, explicit big endian,
 * deflated, run lengths, and JPEG baseline, extended and lossless. For one thread.
 */
public final class DicomDecoder implements AutoCloseable {
  private final LibJpeg jpeg = new LibJpeg();

  /** Takes a native JPEG reader, which {@link #close} gives back. */
  public DicomDecoder() {}

  /**
   * Whether a file is a DICOM file; leaves it at its first byte.
   *
   * @param file one that can be marked
   */
  public static boolean isDicom(InputStream file) throws IOException {
    file.mark(DicomReader.START_BYTES);
    byte[] start = file.readNBytes(DicomReader.START_BYTES);
    file.reset();
    return DicomReader.startsFile(start);
  }

  /**
   * The elements before the pixels.
   *
   * @param file from its first byte; read no further than the pixels
   * @throws QuarantineException when it is no DICOM file, or a damaged one
   */
  public static DicomHeader header(InputStream file) throws IOException {
    return new DicomReader(file).header();
  }

  /**
   * What a file says of its image.
   *
   * @throws QuarantineException when it has none that is read here; the message names transfer
   *     syntax, photometric interpretation or attribute
   */
  public static DicomImage image(InputStream file) throws IOException {
    DicomReader reader = new DicomReader(file);
    DicomHeader header = reader.header();
    if (!reader.hasPixels()) {
      throw withoutPixels();
    }
    return DicomImage.of(header);
  }

  /**
   * A file's image in 8 bits, as a workstation shows it at first: rescaled, windowed, white is
   * high. The middle frame stands for a file of several.
   *
   * @throws QuarantineException as {@link #image}, or when its pixels are damaged
   */
  public Image decode(byte[] file) throws IOException {
    DicomReader reader = new DicomReader(new ByteArrayInputStream(file));
    DicomHeader header = reader.header();
    DicomImage image = image(reader, header);
    return Rendering.of(header, image).render(pixels(reader, header, image, image.frames() / 2));
  }

  /**
   * The stored values of a frame; throws as {@link #decode}.
   *
   * @param frame from 0
   */
  public StoredPixels stored(byte[] file, int frame) throws IOException {
    DicomReader reader = new DicomReader(new ByteArrayInputStream(file));
    DicomHeader header = reader.header();
    return pixels(reader, header, image(reader, header), frame);
  }

  private static DicomImage image(DicomReader reader, DicomHeader header) {
    if (!reader.hasPixels()) {
      throw withoutPixels();
    }
    return DicomImage.of(header);
  }

  private static QuarantineException withoutPixels() {
    return new QuarantineException(
        QuarantineRule.UNSUPPORTED_FORMAT, "is a DICOM file without pixel data");
  }

  private StoredPixels pixels(DicomReader reader, DicomHeader header, DicomImage image, int frame)
      throws IOException {
    TransferSyntax syntax = header.syntax();
    if (!syntax.encapsulated()) {
      byte[] bytes = FrameData.ofNative(reader, image, frame);
      return new StoredPixels(image, FrameDecoder.ofNative(bytes, image, syntax.bigEndian()));
    }
    byte[] bytes = FrameData.ofFragments(reader, image, frame);
    return new StoredPixels(
        image,
        syntax.pixels() == TransferSyntax.Coding.RLE
            ? FrameDecoder.ofRunLengths(bytes, image)
            : ofJpeg(bytes, image));
  }

  private short[] ofJpeg(byte[] bytes, DicomImage image) throws IOException {
    HuffmanJpeg.Frame frame = HuffmanJpeg.frame(bytes);
    if (frame.width() != image.columns()
        || frame.height() != image.rows()
        || frame.components() != image.samples()) {
      throw DicomReader.damaged(
          "its JPEG has %d components of %dx%d; the attributes say otherwise"
              .formatted(frame.components(), frame.width(), frame.height()));
    }
    int[] cells = frame.isForLibJpeg() ? components(bytes, image) : HuffmanJpeg.decode(bytes);
    short[] values = new short[cells.length];
    for (int i = 0; i < cells.length; i++) {
      values[i] = image.value(cells[i]);
    }
    return values;
  }

  private int[] components(byte[] bytes, DicomImage image) throws IOException {
    Raster raster = jpeg.components(bytes);
    if (raster.getNumBands() != image.samples()) {
      throw DicomReader.damaged("its JPEG gave " + raster.getNumBands() + " components");
    }
    return raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
  }

  /** Whether samples are luminance and colour differences. */
  static boolean isYbr(DicomImage image) {
    return image.photometric() == Photometric.YBR_FULL
        || image.photometric() == Photometric.YBR_FULL_422;
  }

  @Override
  public void close() {
    jpeg.close();
  }
}
