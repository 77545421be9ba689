package io.hybnext.model.optimiser;

/**
 * AdamW with decoupled weight decay.
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of squared gradients
 * @param eps added to the root of the second mean
 * @param weightDecay share of a weight taken off each step, times the learning rate
 * @param decayVectors whether norms, biases and single vectors decay as well: LlamaGen no, ARRA's
 *     published recipe yes
 * @param clipNorm largest gradient norm that is not clipped; infinite for none
 */
public record AdamWConfig(
    double beta1,
    double beta2,
    double eps,
    double weightDecay,
    boolean decayVectors,
    double clipNorm) {

  /** LlamaGen's training script: 0.9, 0.95, decay 0.05 on matrices, clipping at norm 1. */
  public static final AdamWConfig LLAMAGEN = new AdamWConfig(0.9, 0.95, 1e-8, 0.05, false, 1);

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public AdamWConfig {
    check(beta1 >= 0 && beta1 < 1, "beta1", beta1, "at least 0 and below 1");
    check(beta2 >= 0 && beta2 < 1, "beta2", beta2, "at least 0 and below 1");
    check(eps > 0, "eps", eps, "above 0");
    check(weightDecay >= 0, "weight-decay", weightDecay, "at least 0");
    check(clipNorm > 0, "clip-norm", clipNorm, "above 0");
  }

  private static void check(boolean ok, String key, double value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("optimiser." + key + " = " + value + ": want " + rule);
    }
  }

  /** The same without or with other clipping. */
  public AdamWConfig withClipNorm(double other) {
    return new AdamWConfig(beta1, beta2, eps, weightDecay, decayVectors, other);
  }
}
