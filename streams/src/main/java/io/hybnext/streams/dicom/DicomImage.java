package io.hybnext.streams.dicom;

import io.hybnext.streams.dicom.TransferSyntax.Coding;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.util.Locale;

/**
 * What the image pixel module of a file says (PS3.3 C.7.6.3), checked.
 *
 * @param rows height in pixels
 * @param columns width in pixels
 * @param samples a pixel: 1 or 3
 * @param frames images in the file
 * @param bitsAllocated of a sample: 8 or 16
 * @param bitsStored of them hold the value
 * @param highBit the highest of these
 * @param signed whether values are two's complement
 * @param planar whether native samples lie plane by plane
 * @param photometric meaning of the samples
 */
public record DicomImage(
    int rows,
    int columns,
    int samples,
    int frames,
    int bitsAllocated,
    int bitsStored,
    int highBit,
    boolean signed,
    boolean planar,
    Photometric photometric) {

  private static final int MAX_PIXELS = 1 << 28;

  /** Photometric interpretations that are read. */
  public enum Photometric {
    /** Grey; the least value is white. */
    MONOCHROME1,
    /** Grey; the least value is black. */
    MONOCHROME2,
    /** Red, green, blue. */
    RGB,
    /** Luminance and two colour differences, ITU-R BT.601, full range. */
    YBR_FULL,
    /** The same, colour differences once for two pixels of a row. */
    YBR_FULL_422;

    private int samples() {
      return ordinal() < RGB.ordinal() ? 1 : 3;
    }
  }

  /** Reads and checks the attributes. */
  static DicomImage of(DicomHeader header) {
    TransferSyntax syntax = header.syntax();
    if (syntax.pixels() == Coding.NOT_READ) {
      throw unsupported(
          "has the transfer syntax "
              + syntax
              + ", which is not decoded here; an Orthanc server that it comes through does it");
    }
    DicomImage image =
        new DicomImage(
            header.number(DicomTag.ROWS),
            header.number(DicomTag.COLUMNS),
            header.number(DicomTag.SAMPLES_PER_PIXEL, 1),
            (int) header.decimal(DicomTag.NUMBER_OF_FRAMES, 1),
            header.number(DicomTag.BITS_ALLOCATED),
            header.number(DicomTag.BITS_STORED),
            header.number(DicomTag.HIGH_BIT, header.number(DicomTag.BITS_STORED) - 1),
            header.number(DicomTag.PIXEL_REPRESENTATION, 0) == 1,
            header.number(DicomTag.PLANAR_CONFIGURATION, 0) == 1,
            photometric(header.text(DicomTag.PHOTOMETRIC_INTERPRETATION)));
    image.check();
    return image;
  }

  private static Photometric photometric(String text) {
    for (Photometric known : Photometric.values()) {
      if (known.name().equals(text)) {
        return known;
      }
    }
    boolean code = text != null && text.matches("[A-Z0-9_ ]{1,16}");
    throw unsupported(
        "has the photometric interpretation "
            + (code ? text : "(none)")
            + "; MONOCHROME1, MONOCHROME2, RGB, YBR_FULL and YBR_FULL_422 are read");
  }

  private void check() {
    if (rows < 1 || columns < 1 || frames < 1) {
      throw DicomReader.damaged(
          String.format(
              Locale.ROOT, "its size is %d x %d, its frames are %d", columns, rows, frames));
    }
    if (pixels() > MAX_PIXELS) {
      throw new QuarantineException(
          QuarantineRule.SIZE,
          "is a DICOM file of %d x %d pixels; at most %d are read"
              .formatted(columns, rows, MAX_PIXELS));
    }
    if (samples != photometric.samples()) {
      throw DicomReader.damaged(photometric + " with " + samples + " samples a pixel");
    }
    if (bitsAllocated != 8 && bitsAllocated != 16) {
      throw unsupported("has " + bitsAllocated + " bits a sample; 8 and 16 are read");
    }
    if (samples == 3 && (bitsAllocated != 8 || signed)) {
      throw unsupported("has colours of other than 8 unsigned bits");
    }
    if (bitsStored < 1 || bitsStored > bitsAllocated || highBit < bitsStored - 1) {
      throw DicomReader.damaged(bitsStored + " bits are stored up to bit " + highBit);
    }
    if (highBit >= bitsAllocated) {
      throw DicomReader.damaged("bit " + highBit + " lies beyond " + bitsAllocated + " bits");
    }
  }

  private static QuarantineException unsupported(String what) {
    return new QuarantineException(
        QuarantineRule.UNSUPPORTED_FORMAT, "is a DICOM file that " + what);
  }

  /** Pixels of a frame. */
  public long pixels() {
    return (long) rows * columns;
  }

  /** Samples of a frame, as an array's length. */
  int frameSamples() {
    return Math.toIntExact(Math.multiplyExact(pixels(), samples));
  }

  /** Bytes of a native frame. */
  long nativeFrameBytes() {
    boolean halved = photometric == Photometric.YBR_FULL_422;
    return halved ? (pixels() + 1) / 2 * 4 : pixels() * samples * (bitsAllocated / 8);
  }

  /** Whether the least value is white. */
  boolean inverted() {
    return photometric == Photometric.MONOCHROME1;
  }

  /** Sign or mask of a stored cell, so that bits beyond the stored ones do not count. */
  short value(int cell) {
    int shifted = cell << (Integer.SIZE - 1 - highBit);
    int unused = Integer.SIZE - bitsStored;
    return (short) (signed ? shifted >> unused : shifted >>> unused);
  }
}
