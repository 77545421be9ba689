package io.hybnext.streams.image;

import io.hybnext.streams.dicom.DicomDecoder;
import io.hybnext.streams.dicom.DicomImage;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What an image file says of itself, read without decoding it. Limits are checked on this, so that
 * a small file that claims to be a huge image never takes the memory.
 *
 * @param format of the file
 * @param width in pixels
 * @param height in pixels
 * @param samples samples a pixel as stored: 1 grey or palette, 2 grey with alpha, 3, 4
 * @param bits bits a sample
 */
public record ImageHeader(Format format, int width, int height, int samples, int bits) {

  private static final int DICOM_MARK = 128;

  /** File formats that are read. */
  public enum Format {
    /** Baseline, extended and progressive Huffman JPEG with 8 bits. */
    JPEG,
    /** Every PNG. */
    PNG,
    /** DICOM files in the transfer syntaxes that {@link DicomDecoder} reads. */
    DICOM
  }

  /**
   * Bytes that decoding takes at most: the reader's raster (one or two bytes a sample; of DICOM
   * codecs four, and two of stored values) beside the decoded image (up to three bytes a pixel).
   */
  public long decodeBytes() {
    if (format == Format.DICOM) {
      return Math.multiplyExact(pixels(), 6L * samples + 3);
    }
    return Math.multiplyExact(pixels(), (bits > 8 ? 2L : 1L) * samples + 3);
  }

  /** Width times height. */
  public long pixels() {
    return (long) width * height;
  }

  /**
   * Reads the header of a file.
   *
   * @throws QuarantineException when it is no image that is read here
   * @throws IOException when the file cannot be read
   */
  public static ImageHeader of(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteWindow bytes = new ByteWindow((into, position) -> channel.read(into, position));
      return isDicom(bytes) ? dicom(Channels.newInputStream(channel.position(0))) : read(bytes);
    }
  }

  /** Reads the header of a file's bytes; throws as {@link #of(Path)}. */
  public static ImageHeader of(byte[] file) {
    try {
      ByteWindow bytes = new ByteWindow((into, position) -> copy(file, into, position));
      return isDicom(bytes) ? dicom(new ByteArrayInputStream(file)) : read(bytes);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static int copy(byte[] file, ByteBuffer into, long position) {
    if (position >= file.length) {
      return -1;
    }
    int count = (int) Math.min(into.remaining(), file.length - position);
    into.put(file, (int) position, count);
    return count;
  }

  /** PS3.10 7.1: the mark behind the preamble, which may hold anything, another format even. */
  private static boolean isDicom(ByteWindow bytes) throws IOException {
    return bytes.has(DICOM_MARK + 3)
        && bytes.u16(DICOM_MARK) == 0x4449
        && bytes.u16(DICOM_MARK + 2) == 0x434D;
  }

  private static ImageHeader dicom(InputStream file) throws IOException {
    DicomImage image = DicomDecoder.image(new BufferedInputStream(file));
    return new ImageHeader(
        Format.DICOM, image.columns(), image.rows(), image.samples(), image.bitsAllocated());
  }

  private static ImageHeader read(ByteWindow bytes) throws IOException {
    int first = bytes.u16(0);
    if (first == 0xFFD8) {
      return jpeg(bytes);
    }
    if (first == 0x8950
        && bytes.u16(2) == 0x4E47
        && bytes.u16(4) == 0x0D0A
        && bytes.u16(6) == 0x1A0A) {
      return png(bytes);
    }
    throw new QuarantineException(
        QuarantineRule.UNSUPPORTED_FORMAT, "begins like no JPEG, PNG or DICOM file");
  }

  /** ISO/IEC 10918-1 annex B: markers up to the frame header. */
  private static ImageHeader jpeg(ByteWindow bytes) throws IOException {
    long position = 2;
    while (true) {
      if (bytes.u8(position) != 0xFF) {
        throw damaged("JPEG", "a marker is missing at byte " + position);
      }
      while (bytes.u8(position) == 0xFF) { // fill bytes
        position++;
      }
      int marker = bytes.u8(position++);
      boolean frame =
          marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
      if (frame) {
        return jpegFrame(bytes, position, marker);
      }
      if (marker == 0xDA || marker == 0xD9) {
        throw damaged("JPEG", "image data begin before the frame header");
      }
      boolean standalone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
      position += standalone ? 0 : Math.max(2, bytes.u16(position));
    }
  }

  private static ImageHeader jpegFrame(ByteWindow bytes, long position, int marker)
      throws IOException {
    int bits = bytes.u8(position + 2);
    int height = bytes.u16(position + 3);
    int width = bytes.u16(position + 5);
    int components = bytes.u8(position + 7);
    if (marker > 0xC2 || bits != 8) {
      throw unsupported(
          "a "
              + bits
              + "-bit JPEG of process "
              + (marker - 0xC0)
              + "; 8-bit baseline, extended and progressive ones are read");
    }
    if (components != 1 && components != 3) {
      throw unsupported(
          "a JPEG with " + components + " components; grey (1) and colour (3) ones are read");
    }
    return checked("JPEG", new ImageHeader(Format.JPEG, width, height, components, bits));
  }

  /** PNG specification, 11.2.2 IHDR. */
  private static ImageHeader png(ByteWindow bytes) throws IOException {
    if (bytes.u16(8) != 0
        || bytes.u16(10) != 13
        || bytes.u16(12) != 0x4948
        || bytes.u16(14) != 0x4452) {
      throw damaged("PNG", "the first chunk is not IHDR");
    }
    long width = (long) bytes.u16(16) << 16 | bytes.u16(18);
    long height = (long) bytes.u16(20) << 16 | bytes.u16(22);
    int bits = bytes.u8(24);
    int colourType = bytes.u8(25);
    int samples =
        switch (colourType) {
          case 0, 3 -> 1;
          case 4 -> 2;
          case 2 -> 3;
          case 6 -> 4;
          default -> throw damaged("PNG", "colour type " + colourType + " does not exist");
        };
    if (Integer.bitCount(bits) != 1 || bits > 16) {
      throw damaged("PNG", bits + " bits a sample do not exist");
    }
    if (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
      throw damaged("PNG", width + "x" + height + " pixels are more than the format allows");
    }
    return checked("PNG", new ImageHeader(Format.PNG, (int) width, (int) height, samples, bits));
  }

  private static ImageHeader checked(String format, ImageHeader header) {
    if (header.width < 1 || header.height < 1) {
      throw damaged(format, "the size is " + header.width + "x" + header.height);
    }
    return header;
  }

  private static QuarantineException damaged(String format, String what) {
    return new QuarantineException(
        QuarantineRule.UNREADABLE, "damaged " + format + " header: " + what);
  }

  private static QuarantineException unsupported(String what) {
    return new QuarantineException(QuarantineRule.UNSUPPORTED_FORMAT, "is " + what);
  }

  /** Random access through a small buffer: headers may hide behind megabytes of other segments. */
  private static final class ByteWindow {
    private static final int LENGTH_BYTES = 4096;

    /** Reads at a position, as {@link FileChannel#read(ByteBuffer, long)}. */
    interface At {
      int read(ByteBuffer into, long position) throws IOException;
    }

    private final At at;
    private final ByteBuffer window = ByteBuffer.allocate(LENGTH_BYTES).limit(0);
    private long start;

    ByteWindow(At at) {
      this.at = at;
    }

    int u8(long position) throws IOException {
      if (position < start || position >= start + window.limit()) {
        fill(position);
      }
      return window.get((int) (position - start)) & 0xFF;
    }

    int u16(long position) throws IOException {
      return u8(position) << 8 | u8(position + 1);
    }

    boolean has(long position) throws IOException {
      load(position);
      return window.hasRemaining();
    }

    private void load(long position) throws IOException {
      window.clear();
      start = position;
      while (window.hasRemaining() && at.read(window, position + window.position()) > 0) {
        // read until the window is full or the file ends
      }
      window.flip();
    }

    private void fill(long position) throws IOException {
      load(position);
      if (!window.hasRemaining()) {
        throw new QuarantineException(
            QuarantineRule.TRUNCATED, "ends at byte " + position + ", inside the image header");
      }
    }
  }
}
