package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Converts floating elements piece by piece on their way into a file: to fp16 and bf16 to the
 * nearest, ties to even, as PyTorch does.
 */
final class ElementWriter {
  private ElementWriter() {}

  /**
   * A sink that converts.
   *
   * @param name of the tensor, for messages
   * @param from type of the pieces that it takes
   * @param to type of the pieces that {@code next} gets
   * @return {@code next} itself when nothing is to be done
   */
  static PieceSink converting(String name, TensorType from, TensorType to, PieceSink next) {
    if (from == to) {
      return next;
    }
    if (!from.isFloating() || !to.isFloating()) {
      throw new IllegalArgumentException(
          name + ": " + from + " to " + to + ": want floating types");
    }
    return piece -> next.take(converted(name, from, to, piece));
  }

  private static ByteBuffer converted(String name, TensorType from, TensorType to, ByteBuffer piece)
      throws IOException {
    ByteBuffer elements = piece.slice().order(ByteOrder.LITTLE_ENDIAN);
    int count = elements.remaining() / from.sizeBytes();
    ByteBuffer result = ByteBuffer.allocate(count * to.sizeBytes()).order(ByteOrder.LITTLE_ENDIAN);
    if (to == TensorType.F64) {
      for (double value : ElementReader.doubles(from, elements)) {
        result.putDouble(value);
      }
      return result.flip();
    }
    for (float value : ElementReader.floats(from, elements)) {
      switch (to) {
        case F32 -> result.putFloat(value);
        case BF16 -> result.putShort(bfloat(value));
        default -> result.putShort(half(name, value));
      }
    }
    return result.flip();
  }

  /** The upper half of the fp32 bits, rounded; a value beyond the largest becomes infinite. */
  static short bfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40); // stays NaN when its lower half held the payload
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }

  private static short half(String name, float value) throws CheckpointException {
    if (!Float.isFinite(value)) {
      int sign = Float.floatToRawIntBits(value) >>> 16 & 0x8000;
      return (short) (sign | (Float.isNaN(value) ? 0x7e00 : 0x7c00));
    }
    if (Math.abs(value) >= 65520f) { // halfway between the largest half and the next power of two
      throw new CheckpointException(
          "tensor '" + name + "' holds " + value + ", beyond fp16's 65504; choose bf16 or fp32");
    }
    return HalfPrecision.bits(value);
  }
}
