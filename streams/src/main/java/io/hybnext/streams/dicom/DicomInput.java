package io.hybnext.streams.dicom;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/** Numbers and bytes of a file, with their place in it; an early end is an answer, no defect. */
final class DicomInput {
  /** Deflated files that grow beyond this are refused: nothing that is read here does. */
  private static final long MAX_BYTES = 1L << 30;

  private static final byte[] NOTHING = {};

  private InputStream in;
  private boolean bigEndian;
  private long position;

  DicomInput(InputStream in) {
    this.in = in;
  }

  long position() {
    return position;
  }

  boolean bigEndian() {
    return bigEndian;
  }

  void setBigEndian(boolean bigEndian) {
    this.bigEndian = bigEndian;
  }

  /** From here on the bytes are deflated (RFC 1951, PS3.5 A.5). */
  void inflate() {
    in = new Inflated(in);
  }

  /** Wrong codes are damage, and an early end is an end. */
  private static final class Inflated extends InflaterInputStream {
    Inflated(InputStream in) {
      super(in, new Inflater(true));
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        return super.read(into, offset, length);
      } catch (ZipException wrong) {
        throw DicomReader.damaged("it cannot be inflated (" + wrong.getMessage() + ")");
      } catch (EOFException early) {
        return -1;
      }
    }
  }

  int u8() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw cut();
    }
    advance(1);
    return value;
  }

  int u16() throws IOException {
    int first = u8();
    int second = u8();
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  /** Unsigned, so a long. */
  long u32() throws IOException {
    long first = u16();
    long second = u16();
    return bigEndian ? first << 16 | second : second << 16 | first;
  }

  /** Group and element; -1 where the file ends in good order. */
  long tag() throws IOException {
    int first = in.read();
    if (first < 0) {
      return -1;
    }
    advance(1);
    int second = u8();
    long group = bigEndian ? first << 8 | second : second << 8 | first;
    return group << 16 | u16();
  }

  /** Exactly so many bytes; memory is taken as they come, whatever the file claims. */
  byte[] bytes(long count) throws IOException {
    if (count == 0) {
      return NOTHING;
    }
    byte[] read = in.readNBytes((int) Math.min(Integer.MAX_VALUE, count));
    advance(read.length);
    if (read.length < count) {
      throw cut();
    }
    return read;
  }

  /** Passes over so many bytes. */
  void skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      long skipped = in.skip(left);
      if (skipped <= 0) {
        u8();
        skipped = 1;
      } else {
        advance(skipped);
      }
      left -= skipped;
    }
  }

  private void advance(long count) {
    position += count;
    if (position > MAX_BYTES) {
      throw new QuarantineException(
          QuarantineRule.SIZE, "is a DICOM file of more than " + MAX_BYTES + " bytes");
    }
  }

  private QuarantineException cut() {
    return new QuarantineException(
        QuarantineRule.TRUNCATED, "is a DICOM file that ends at byte " + position + ", too early");
  }
}
