package io.hybnext.gpu;

/** Type of working weights and activations. Losses, norms and sums are fp32 in either case. */
public enum Precision {
  FP32("fp32", ElementType.FLOAT32),
  BF16("bf16", ElementType.BFLOAT16);

  private final String setting;
  private final ElementType elementType;

  Precision(String setting, ElementType elementType) {
    this.setting = setting;
    this.elementType = elementType;
  }

  /** The word used in settings. */
  public String setting() {
    return setting;
  }

  /** Element type of weights and activations. */
  public ElementType elementType() {
    return elementType;
  }

  /**
   * Reads the setting {@code fp32} or {@code bf16}.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Precision parse(String setting) {
    for (Precision precision : values()) {
      if (precision.setting.equals(setting)) {
        return precision;
      }
    }
    throw new IllegalArgumentException("precision = " + setting + ": want fp32 or bf16");
  }
}
