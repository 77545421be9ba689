package io.hybnext.streams.codec;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;

/** Bits of entropy-coded data (ITU-T T.81 F.2.2.5), up to the next marker. */
final class JpegBits {
  private final byte[] data;
  private int position;
  private long buffer;
  private int available;
  private int padding; // bits in the buffer that the data do not have

  JpegBits(byte[] data, int position) {
    this.data = data;
    this.position = position;
  }

  /** The next bits, at most 16, which stay; beyond the data they are 0. */
  int peek(int count) {
    while (available < count) {
      fill();
    }
    return (int) (buffer >>> (available - count)) & ((1 << count) - 1);
  }

  private void fill() {
    int next = position < data.length ? data[position] & 0xFF : -1;
    boolean stuffed = next == 0xFF && position + 1 < data.length && data[position + 1] == 0;
    if (next < 0 || (next == 0xFF && !stuffed)) {
      next = 0;
      padding += Byte.SIZE;
    } else {
      position += stuffed ? 2 : 1;
    }
    buffer = buffer << Byte.SIZE | next;
    available += Byte.SIZE;
  }

  /** Goes on by bits that were looked at. */
  void drop(int count) {
    available -= count;
    if (available < padding) {
      throw new QuarantineException(
          QuarantineRule.TRUNCATED, "is a JPEG whose data end at byte " + position + ", too early");
    }
  }

  /** Reads a number of so many bits, 0 to 16. */
  int read(int count) {
    if (count == 0) {
      return 0;
    }
    int value = peek(count);
    drop(count);
    return value;
  }

  /** Reads a number of this category (T.81 F.2.2.1, EXTEND): the upper half is positive. */
  int signed(int category) {
    int value = read(category);
    return category == 0 || value >= 1 << (category - 1) ? value : value - (1 << category) + 1;
  }

  /** Passes the restart marker that is due here. */
  void restart() {
    buffer = 0;
    available = 0;
    padding = 0;
    boolean there =
        position + 1 < data.length
            && data[position] == (byte) 0xFF
            && (data[position + 1] & 0xF8) == 0xD0;
    if (!there) {
      throw HuffmanTable.damaged("a restart marker is missing at byte " + position);
    }
    position += 2;
  }

  /** Where the first byte lies that was not taken. */
  int position() {
    return position;
  }
}
