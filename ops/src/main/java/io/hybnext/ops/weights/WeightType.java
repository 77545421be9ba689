package io.hybnext.ops.weights;

import io.hybnext.model.weights.TensorType;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Element types that weights are stored in. */
public enum WeightType {
  FP32(TensorType.F32),
  FP16(TensorType.F16),
  BF16(TensorType.BF16);

  private final TensorType type;

  WeightType(TensorType type) {
    this.type = type;
  }

  /** The type in files. */
  public TensorType type() {
    return type;
  }

  /** Names of all, for help texts. */
  public static String names() {
    return Arrays.stream(values()).map(Object::toString).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
