package io.hybnext.model.weights;

/** IEEE 754 binary16, which the Java 17 library does not know. */
final class HalfPrecision {
  private static final float LARGEST = 65504f;
  private static final float LEAST_NORMAL = 0x1p-14f;

  private HalfPrecision() {}

  /**
   * The nearest half, ties to even.
   *
   * @throws IllegalArgumentException when the value is not finite or rounds beyond the largest half
   */
  static short bits(float value) {
    float size = Math.abs(value);
    if (!(size < LARGEST + 16)) { // halfway to the next power of two, or NaN
      throw new IllegalArgumentException(value + " does not fit into 16 bits");
    }
    int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
    if (size < LEAST_NORMAL) {
      return (short) (sign | (int) Math.rint(size * 0x1p24));
    }
    int bits = Float.floatToRawIntBits(size);
    int even = bits >>> 13 & 1;
    int rounded = bits + 0xfff + even; // a carry into the exponent is right as it is
    return (short) (sign | (rounded >>> 13) - (112 << 10));
  }
}
