package io.hybnext.actors.exchange;

/**
 * How gradients travel between members. The bytes that a run ends with depend on the format, and
 * with either format not on the number of members.
 */
public enum WireFormat {
  /** As they are: four bytes a number. */
  FP32(Frame.GRADIENT, Frame.SUM),

  /**
   * Two bytes a number, half the traffic. Every microshard's gradient and every sum of the
   * reduction tree, whether it travels or not, is rounded to the nearest bf16 (8 significant bits,
   * ties to even); additions are fp32. So a sum is the same whoever adds it, and travels without
   * loss. Each of its 1 + log2(microshards) roundings changes what is rounded by at most 2^-8 of
   * its size (0.4 %), mostly less, in either direction. Weights and optimiser state stay fp32.
   */
  BF16(Frame.SHORT_GRADIENT, Frame.SHORT_SUM);

  private final int gradientKind;
  private final int sumKind;

  WireFormat(int gradientKind, int sumKind) {
    this.gradientKind = gradientKind;
    this.sumKind = sumKind;
  }

  /** Kind of message of a partial sum. */
  int gradientKind() {
    return gradientKind;
  }

  /** Kind of message of a whole sum. */
  int sumKind() {
    return sumKind;
  }

  boolean isShort() {
    return this == BF16;
  }
}
