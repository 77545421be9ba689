package io.hybnext.model.weights;

import java.nio.ByteBuffer;

/** Converts little-endian elements of any type. Widening is exact; fp64 to fp32 rounds. */
final class ElementReader {
  private ElementReader() {}

  static float[] floats(TensorType type, ByteBuffer data) {
    float[] values = new float[data.remaining() / type.sizeBytes()];
    if (type == TensorType.F32) {
      data.asFloatBuffer().get(values);
      return values;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
            case F16 -> half(data.getShort(2 * i));
            default -> (float) number(type, data, i);
          };
    }
    return values;
  }

  static double[] doubles(TensorType type, ByteBuffer data) {
    double[] values = new double[data.remaining() / type.sizeBytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(type, data, i);
    }
    return values;
  }

  static long[] longs(TensorType type, ByteBuffer data) {
    long[] values = new long[data.remaining() / type.sizeBytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case I64 -> data.getLong(8 * i);
            case I32 -> data.getInt(4 * i);
            case I16 -> data.getShort(2 * i);
            case I8 -> data.get(i);
            default -> Byte.toUnsignedLong(data.get(i));
          };
    }
    return values;
  }

  private static double number(TensorType type, ByteBuffer data, int i) {
    return switch (type) {
      case F64 -> data.getDouble(8 * i);
      case F32 -> data.getFloat(4 * i);
      case F16 -> half(data.getShort(2 * i));
      case BF16 -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
      case I64 -> data.getLong(8 * i);
      case I32 -> data.getInt(4 * i);
      case I16 -> data.getShort(2 * i);
      case I8 -> data.get(i);
      case U8, BOOL -> Byte.toUnsignedInt(data.get(i));
    };
  }

  /** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
  private static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) { // subnormal: fraction * 2^-24, exact in fp32
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    return Float.intBitsToFloat(sign | (exponent + 112) << 23 | fraction << 13);
  }
}
