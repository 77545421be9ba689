package io.hybnext.streams.dicom;

import io.hybnext.streams.dicom.DicomImage.Photometric;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;

/** Native and run-length coded frames to stored values. */
final class FrameDecoder {
  private static final int RLE_HEADER_BYTES = 64;
  private static final int RLE_MAX_SEGMENTS = 15;
  private static final int MAX_RUN = 128; // of two bytes

  private FrameDecoder() {}

  /** Cells in the byte order of the file (PS3.5 8.1); 8-bit ones may lie in 16-bit words. */
  static short[] ofNative(byte[] frame, DicomImage image, boolean bigEndian) {
    if (image.photometric() == Photometric.YBR_FULL_422) {
      return halvedColours(frame, image);
    }
    int count = image.frameSamples();
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      int to = image.planar() ? interleaved(i, image) : i;
      values[to] = image.value(image.bitsAllocated() == 8 ? frame[i] : cell(frame, i, bigEndian));
    }
    return values;
  }

  private static int cell(byte[] frame, int index, boolean bigEndian) {
    int first = frame[2 * index] & 0xFF;
    int second = frame[2 * index + 1] & 0xFF;
    return bigEndian ? first << 8 | second : second << 8 | first;
  }

  private static int interleaved(int planarIndex, DicomImage image) {
    int plane = image.frameSamples() / image.samples();
    return planarIndex % plane * image.samples() + planarIndex / plane;
  }

  /** Y Y Cb Cr for two pixels (PS3.3 C.7.6.3.1.2); both get the same colour differences. */
  private static short[] halvedColours(byte[] frame, DicomImage image) {
    int pixels = Math.toIntExact(image.pixels());
    short[] values = new short[3 * pixels];
    for (int pixel = 0; pixel < pixels; pixel++) {
      int pair = pixel / 2 * 4;
      values[3 * pixel] = (short) (frame[pair + pixel % 2] & 0xFF);
      values[3 * pixel + 1] = (short) (frame[pair + 2] & 0xFF);
      values[3 * pixel + 2] = (short) (frame[pair + 3] & 0xFF);
    }
    return values;
  }

  /** PS3.5 annex G: a segment for each byte of each sample, the most significant first. */
  static short[] ofRunLengths(byte[] frame, DicomImage image) {
    int bytesASample = image.bitsAllocated() / 8;
    int segments = image.samples() * bytesASample;
    if (frame.length < RLE_HEADER_BYTES || little(frame, 0) != segments) {
      throw DicomReader.damaged("its run lengths do not have the " + segments + " segments wanted");
    }
    int pixels = Math.toIntExact(image.pixels());
    if ((long) frame.length * MAX_RUN / 2 < (long) pixels * segments) {
      throw new QuarantineException(
          QuarantineRule.TRUNCATED,
          "is a DICOM file whose run lengths are too few for its " + pixels + " pixels");
    }
    int[] cells = new int[image.frameSamples()];
    byte[] plane = new byte[pixels];
    for (int segment = 0; segment < Math.min(segments, RLE_MAX_SEGMENTS); segment++) {
      unpack(frame, little(frame, 4 + 4 * segment), plane);
      int sample = segment / bytesASample;
      int shift = 8 * (bytesASample - 1 - segment % bytesASample);
      for (int pixel = 0; pixel < pixels; pixel++) {
        cells[pixel * image.samples() + sample] |= (plane[pixel] & 0xFF) << shift;
      }
    }
    short[] values = new short[cells.length];
    for (int i = 0; i < cells.length; i++) {
      values[i] = image.value(cells[i]);
    }
    return values;
  }

  private static int little(byte[] bytes, int at) {
    return (bytes[at] & 0xFF)
        | (bytes[at + 1] & 0xFF) << 8
        | (bytes[at + 2] & 0xFF) << 16
        | (bytes[at + 3] & 0xFF) << 24;
  }

  /** PackBits, until the plane is full. */
  private static void unpack(byte[] from, int start, byte[] plane) {
    int at = start;
    int filled = 0;
    if (start < RLE_HEADER_BYTES) {
      throw DicomReader.damaged("a segment of run lengths begins inside the header");
    }
    while (filled < plane.length) {
      int code = at < from.length ? from[at++] : 128;
      int length = Math.min(code >= 0 ? code + 1 : 1 - code, plane.length - filled);
      if (code == -128) {
        continue;
      }
      if (code == 128 || at + (code >= 0 ? length : 1) > from.length) {
        throw new QuarantineException(
            QuarantineRule.TRUNCATED,
            "is a DICOM file whose run lengths end after " + filled + " of " + plane.length);
      }
      if (code >= 0) {
        System.arraycopy(from, at, plane, filled, length);
        at += code + 1;
      } else {
        java.util.Arrays.fill(plane, filled, filled + length, from[at++]);
      }
      filled += length;
    }
  }
}
