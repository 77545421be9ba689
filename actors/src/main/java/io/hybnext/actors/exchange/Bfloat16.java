package io.hybnext.actors.exchange;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Fp32 numbers rounded to the nearest bf16, ties to even, in buffers. NaN stays NaN. Goes through
 * small arrays, as {@link FloatSums} does: loops over buffers are several times slower. Not for
 * several threads.
 */
final class Bfloat16 {
  private static final int BLOCK = 1024;
  private static final long INT_BASE = UnsafeApi.arrayBaseOffset(int[].class);
  private static final long SHORT_BASE = UnsafeApi.arrayBaseOffset(short[].class);
  private static final int EXPONENT = 0x7f800000;

  private final int[] wide = new int[BLOCK];
  private final short[] narrow = new short[BLOCK];

  /** The bits of the nearest bf16, in the lower half. */
  static int bits(float value) {
    return roundedBits(Float.floatToRawIntBits(value)) >>> 16;
  }

  private static int roundedBits(int bits) {
    if ((bits & 0x7fffffff) > EXPONENT) {
      return (bits | 0x400000) & 0xffff0000; // rounding a NaN could make it infinite
    }
    return (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  }

  /** The number with these bits. */
  static float value(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** Rounds {@code length} fp32 numbers; may be in place. */
  void round(MutableDirectBuffer to, int toOffset, DirectBuffer from, int offset, int length) {
    to.boundsCheck(toOffset, length * Float.BYTES);
    from.boundsCheck(offset, length * Float.BYTES);
    for (int done = 0; done < length; done += BLOCK) {
      int block = Math.min(BLOCK, length - done);
      loadRounded(from, offset + done * Float.BYTES, block);
      store(wide, INT_BASE, to, toOffset + done * Float.BYTES, block * Float.BYTES);
    }
  }

  /** Rounds {@code length} fp32 numbers to two bytes each, from byte 0 on. */
  void pack(MutableDirectBuffer to, DirectBuffer from, int offset, int length) {
    to.boundsCheck(0, length * Short.BYTES);
    from.boundsCheck(offset, length * Float.BYTES);
    for (int done = 0; done < length; done += BLOCK) {
      int block = Math.min(BLOCK, length - done);
      loadRounded(from, offset + done * Float.BYTES, block);
      for (int i = 0; i < block; i++) {
        narrow[i] = (short) (wide[i] >>> 16);
      }
      store(narrow, SHORT_BASE, to, done * Short.BYTES, block * Short.BYTES);
    }
  }

  /** The opposite of {@link #pack}. */
  void unpack(MutableDirectBuffer to, int toOffset, DirectBuffer from, int offset, int length) {
    to.boundsCheck(toOffset, length * Float.BYTES);
    from.boundsCheck(offset, length * Short.BYTES);
    for (int done = 0; done < length; done += BLOCK) {
      int block = Math.min(BLOCK, length - done);
      load(from, offset + done * Short.BYTES, narrow, SHORT_BASE, block * Short.BYTES);
      for (int i = 0; i < block; i++) {
        wide[i] = narrow[i] << 16;
      }
      store(wide, INT_BASE, to, toOffset + done * Float.BYTES, block * Float.BYTES);
    }
  }

  private void loadRounded(DirectBuffer from, int offset, int block) {
    load(from, offset, wide, INT_BASE, block * Float.BYTES);
    if (allFinite(wide, block)) {
      roundFinite(wide, block);
      return;
    }
    for (int i = 0; i < block; i++) {
      wide[i] = roundedBits(wide[i]);
    }
  }

  private static boolean allFinite(int[] values, int length) {
    int carried = 0;
    for (int i = 0; i < length; i++) {
      carried |= (values[i] & EXPONENT) + 0x00800000; // reaches the sign when all ones
    }
    return carried >= 0;
  }

  private static void roundFinite(int[] values, int length) {
    for (int i = 0; i < length; i++) {
      values[i] = (values[i] + 0x7fff + ((values[i] >>> 16) & 1)) & 0xffff0000;
    }
  }

  private static void load(DirectBuffer from, int offset, Object to, long base, int bytes) {
    UnsafeApi.copyMemory(from.byteArray(), from.addressOffset() + offset, to, base, bytes);
  }

  private static void store(Object from, long base, MutableDirectBuffer to, int offset, int bytes) {
    UnsafeApi.copyMemory(from, base, to.byteArray(), to.addressOffset() + offset, bytes);
  }
}
