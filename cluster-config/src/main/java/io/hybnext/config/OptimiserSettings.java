package io.hybnext.config;

/**
 * The {@code optimiser} section of reference.conf. AdamW with warm-up and schedule.
 *
 * @param learningRate peak
 * @param schedule after the warm-up
 * @param warmupSteps steps of linear warm-up
 * @param finalRateShare learning rate at the last step as a share of the peak, for cosine
 * @param beta1 decay rate of the first moment
 * @param beta2 decay rate of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled, of tensors with two or more dimensions
 * @param clipNorm largest gradient norm that is not clipped; 0 = no clipping
 */
public record OptimiserSettings(
    double learningRate,
    Schedule schedule,
    int warmupSteps,
    double finalRateShare,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double clipNorm) {

  /** How the learning rate goes on after the warm-up. */
  public enum Schedule {
    CONSTANT,
    COSINE
  }

  /** Checks every value. */
  public OptimiserSettings {
    Rule.aboveUpTo("optimiser.learning-rate", learningRate, 0, 1);
    Rule.atLeast("optimiser.warmup-steps", warmupSteps, 0);
    Rule.between("optimiser.final-rate-share", finalRateShare, 0, 1);
    Rule.share("optimiser.beta1", beta1);
    Rule.share("optimiser.beta2", beta2);
    Rule.aboveUpTo("optimiser.epsilon", epsilon, 0, 1);
    Rule.between("optimiser.weight-decay", weightDecay, 0, 1);
    Rule.between("optimiser.clip-norm", clipNorm, 0, 1e9);
  }
}
