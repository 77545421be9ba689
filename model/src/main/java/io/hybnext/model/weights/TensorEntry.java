package io.hybnext.model.weights;

import java.util.Arrays;

/**
 * Name, type and shape of a tensor in a checkpoint, checked: the product of the shape and the
 * type's size is the length of its bytes, and those lie inside the file. Immutable.
 */
public final class TensorEntry {
  private final String name;
  private final TensorType type;
  private final long[] shape;
  private final long beginBytes;
  private final long endBytes;

  TensorEntry(String name, TensorType type, long[] shape, long beginBytes, long endBytes) {
    this.name = name;
    this.type = type;
    this.shape = shape.clone();
    this.beginBytes = beginBytes;
    this.endBytes = endBytes;
  }

  /**
   * A tensor by itself.
   *
   * @throws ArithmeticException when it has more than 63 bits of bytes
   */
  public static TensorEntry of(String name, TensorType type, long... shape) {
    long bytes = Arrays.stream(shape).reduce(type.sizeBytes(), Math::multiplyExact);
    return new TensorEntry(name, type, shape, 0, bytes);
  }

  /** Key in the file. */
  public String name() {
    return name;
  }

  /** Type of its elements. */
  public TensorType type() {
    return type;
  }

  /** Length of every dimension; empty for a single value. The caller owns the copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** Whether it has exactly these dimensions. */
  public boolean hasShape(long... wanted) {
    return Arrays.equals(shape, wanted);
  }

  /** Number of elements. */
  public long size() {
    return sizeBytes() / type.sizeBytes();
  }

  /** Length in bytes. */
  public long sizeBytes() {
    return endBytes - beginBytes;
  }

  /** Offset of the first byte, counted from the end of the header. */
  long beginBytes() {
    return beginBytes;
  }

  /** Offset behind the last byte, counted from the end of the header. */
  long endBytes() {
    return endBytes;
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape);
  }
}
