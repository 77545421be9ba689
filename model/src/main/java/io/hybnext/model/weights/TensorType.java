package io.hybnext.model.weights;

import io.hybnext.gpu.ElementType;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Element types of tensors in a safetensors file, named as the format names them. */
public enum TensorType {
  F64(ElementType.FLOAT64),
  F32(ElementType.FLOAT32),
  F16(ElementType.FLOAT16),
  BF16(ElementType.BFLOAT16),
  I64(ElementType.INT64),
  I32(ElementType.INT32),
  I16(ElementType.INT16),
  I8(ElementType.INT8),
  U8(ElementType.UINT8),
  BOOL(ElementType.BOOL);

  private final ElementType elementType;

  TensorType(ElementType elementType) {
    this.elementType = elementType;
  }

  /** Bytes an element. */
  public int sizeBytes() {
    return elementType.sizeBytes();
  }

  /** The type of an array with the same elements. */
  public ElementType elementType() {
    return elementType;
  }

  /** Whether elements are floating numbers. */
  public boolean isFloating() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  static Optional<TensorType> named(String name) {
    return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
  }

  static String allNames() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }
}
