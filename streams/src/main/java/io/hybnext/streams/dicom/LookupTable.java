package io.hybnext.streams.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A modality or VOI lookup table (PS3.3 C.11.1.1, C.11.2.1.1).
 *
 * @param first value that the first entry stands for; what is below gets that entry too, and what
 *     is beyond the last entry gets the last
 * @param bits of an entry, 8 to 16
 * @param entries unsigned; the record's own
 */
record LookupTable(int first, int bits, int[] entries) {
  private static final int MAX_ENTRIES = 1 << 16; // written as 0

  /**
   * A table of a file.
   *
   * @param descriptor number of entries, first value, bits
   * @param data entries in words, or, as some write those of 8 bits, in bytes
   * @param signed whether the first value is
   * @throws io.hybnext.streams.item.QuarantineException when these do not make a table
   */
  static LookupTable of(byte[] descriptor, byte[] data, ByteOrder order, boolean signed) {
    if (descriptor == null || data == null || descriptor.length != 6) {
      throw DicomReader.damaged("a lookup table lacks its descriptor or its data");
    }
    ByteBuffer numbers = ByteBuffer.wrap(descriptor).order(order);
    int stated = numbers.getShort() & 0xFFFF;
    int count = stated == 0 ? MAX_ENTRIES : stated;
    short firstCell = numbers.getShort();
    int bits = numbers.getShort() & 0xFFFF;
    if (bits < 8 || bits > 16) {
      throw DicomReader.damaged("a lookup table has entries of " + bits + " bits");
    }
    int first = signed ? firstCell : firstCell & 0xFFFF;
    if (data.length / 2 >= count) {
      return new LookupTable(first, bits, words(ByteBuffer.wrap(data).order(order), count, bits));
    }
    if (bits == 8 && data.length >= count) {
      return new LookupTable(first, bits, bytes(data, count));
    }
    throw DicomReader.damaged(
        "a lookup table of " + count + " entries has " + data.length + " bytes");
  }

  private static int[] words(ByteBuffer data, int count, int bits) {
    int[] entries = new int[count];
    int mask = (1 << bits) - 1;
    for (int i = 0; i < count; i++) {
      entries[i] = data.getShort() & mask;
    }
    return entries;
  }

  private static int[] bytes(byte[] data, int count) {
    int[] entries = new int[count];
    for (int i = 0; i < count; i++) {
      entries[i] = data[i] & 0xFF;
    }
    return entries;
  }

  /** The entry of a value. */
  int at(double value) {
    long index = Math.round(value) - first;
    return entries[(int) Math.max(0, Math.min(entries.length - 1, index))];
  }

  /** The entry of a value as a share of the greatest that its bits hold, 0 to 1. */
  double share(double value) {
    return at(value) / (double) ((1 << bits) - 1);
  }
}
