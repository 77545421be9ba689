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
 * @param weightDecay decoupled
 * @param decay what it takes weight off
 * @param clipNorm largest gradient norm that is not clipped; 0 = no clipping
 * @param stepsPerEpoch steps of an epoch where the schedule goes by epochs; 0 where by steps
 * @param warmupEpochs epochs of linear warm-up from 0, where the schedule goes by epochs
 * @param decaySteps steps of the decay at the end, for wsd
 * @param rewarmSteps steps of a linear warm-up where new items enter; 0 = none
 * @param rewarmShare where that begins, as a share of the schedule's rate
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
    Decay decay,
    double clipNorm,
    double stepsPerEpoch,
    double warmupEpochs,
    int decaySteps,
    int rewarmSteps,
    double rewarmShare) {

  /** What weight decay takes weight off. */
  public enum Decay {
    /** Tensors with two or more dimensions, as LlamaGen has it. */
    MATRICES,
    /** Everything, norms and biases included, as ARRA has it. */
    ALL
  }

  /** How the learning rate goes on after the warm-up. */
  public enum Schedule {
    CONSTANT,
    COSINE,
    /** Warm-up, stable, decay. */
    WSD
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
    Rule.between("optimiser.steps-per-epoch", stepsPerEpoch, 0, 1e12);
    Rule.between("optimiser.warmup-epochs", warmupEpochs, 0, 1000);
    Rule.atLeast("optimiser.decay-steps", decaySteps, 0);
    Rule.atLeast("optimiser.rewarm-steps", rewarmSteps, 0);
    Rule.between("optimiser.rewarm-share", rewarmShare, 0, 1);
    Rule.check(
        schedule != Schedule.WSD || stepsPerEpoch == 0,
        "optimiser.steps-per-epoch",
        stepsPerEpoch,
        "0 with optimiser.schedule = wsd");
  }
}
