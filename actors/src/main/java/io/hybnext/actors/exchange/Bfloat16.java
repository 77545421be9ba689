package io.hybnext.actors.exchange;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Fp32 numbers rounded to the nearest bf16, ties to even, in buffers. NaN stays NaN. Not for
 * several threads.
 */
final class Bfloat16 {
  private Bfloat16() {}

  /** The bits of the nearest bf16, in the lower half. */
  static int bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > 0x7f800000) {
      return (bits >>> 16) | 0x40; // rounding a NaN could make it infinite
    }
    return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  }

  /** The number with these bits. */
  static float value(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** Rounds {@code length} fp32 numbers; may be in place. */
  static void round(
      MutableDirectBuffer to, int toOffset, DirectBuffer from, int offset, int length) {
    for (int i = 0; i < length; i++) {
      int at = i * Float.BYTES;
      to.putFloat(toOffset + at, value(bits(from.getFloat(offset + at))));
    }
  }

  /** Rounds {@code length} fp32 numbers to two bytes each, from byte 0 on. */
  static void pack(MutableDirectBuffer to, DirectBuffer from, int offset, int length) {
    for (int i = 0; i < length; i++) {
      to.putShort(i * Short.BYTES, (short) bits(from.getFloat(offset + i * Float.BYTES)));
    }
  }

  /** The opposite of {@link #pack}. */
  static void unpack(
      MutableDirectBuffer to, int toOffset, DirectBuffer from, int offset, int length) {
    for (int i = 0; i < length; i++) {
      to.putFloat(toOffset + i * Float.BYTES, value(from.getShort(offset + i * Short.BYTES)));
    }
  }
}
