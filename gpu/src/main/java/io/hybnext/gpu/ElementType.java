package io.hybnext.gpu;

import ai.djl.ndarray.types.DataType;

/** Element types of arrays, with the numbers that TorchScript text uses for them. */
public enum ElementType {
  UINT8(0, 1, DataType.UINT8),
  INT8(1, 1, DataType.INT8),
  INT16(2, 2, DataType.INT16),
  INT32(3, 4, DataType.INT32),
  INT64(4, 8, DataType.INT64),
  FLOAT16(5, 2, DataType.FLOAT16),
  FLOAT32(6, 4, DataType.FLOAT32),
  FLOAT64(7, 8, DataType.FLOAT64),
  BOOL(11, 1, DataType.BOOLEAN),
  BFLOAT16(15, 2, DataType.BFLOAT16);

  private final int torchNumber;
  private final int sizeBytes;
  private final DataType djl;

  ElementType(int torchNumber, int sizeBytes, DataType djl) {
    this.torchNumber = torchNumber;
    this.sizeBytes = sizeBytes;
    this.djl = djl;
  }

  /** Number of this type in TorchScript text, e.g. the 6 of {@code torch.to(x, 6)}. */
  public int torchNumber() {
    return torchNumber;
  }

  /** Bytes an element. */
  public int sizeBytes() {
    return sizeBytes;
  }

  DataType djl() {
    return djl;
  }
}
