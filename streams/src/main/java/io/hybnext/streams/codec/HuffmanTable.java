package io.hybnext.streams.codec;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;

/** A Huffman table of JPEG (ITU-T T.81 annex C); codes have 1 to 16 bits. */
final class HuffmanTable {
  static final int MAX_BITS = 16;
  private static final int FAST_BITS = 9;

  private final int[] fast = new int[1 << FAST_BITS]; // length << 8 | symbol, 0 for longer codes
  private final int[] firstCode = new int[MAX_BITS + 2];
  private final int[] firstIndex = new int[MAX_BITS + 2];
  private final int[] counts;
  private final byte[] symbols;

  /**
   * A table.
   *
   * @param counts codes of each length, index 1 to 16
   * @param symbols in the order of their codes
   */
  HuffmanTable(int[] counts, byte[] symbols) {
    this.counts = counts;
    this.symbols = symbols;
    int code = 0;
    int index = 0;
    for (int bits = 1; bits <= MAX_BITS; bits++) {
      firstCode[bits] = code;
      firstIndex[bits] = index;
      if (code + counts[bits] > 1 << bits) {
        throw damaged("a table has more codes than fit");
      }
      for (int i = 0; i < counts[bits] && bits <= FAST_BITS; i++) {
        int from = (code + i) << (FAST_BITS - bits);
        int entry = (bits << 8) | (symbols[index + i] & 0xFF);
        java.util.Arrays.fill(fast, from, from + (1 << (FAST_BITS - bits)), entry);
      }
      code = (code + counts[bits]) << 1;
      index += counts[bits];
    }
  }

  /** Reads the next symbol, 0 to 255. */
  int next(JpegBits in) {
    int entry = fast[in.peek(FAST_BITS)];
    if (entry != 0) {
      in.drop(entry >>> 8);
      return entry & 0xFF;
    }
    int all = in.peek(MAX_BITS);
    for (int bits = FAST_BITS + 1; bits <= MAX_BITS; bits++) {
      int offset = (all >>> (MAX_BITS - bits)) - firstCode[bits];
      if (offset >= 0 && offset < counts[bits]) {
        in.drop(bits);
        return symbols[firstIndex[bits] + offset] & 0xFF;
      }
    }
    throw damaged("a code is in no table");
  }

  static QuarantineException damaged(String what) {
    return new QuarantineException(QuarantineRule.UNREADABLE, "is a damaged JPEG: " + what);
  }
}
