package io.hybnext.model.optimiser;

/**
 * Learning rate by step: a linear warm-up, then constant, along half a cosine, or stable with a
 * decay at the end. Source of the last: Hu et al., "MiniCPM" (2024), section 4, with the decay of
 * Haegele et al., "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations"
 * (2024), section 3.
 *
 * @param peak rate behind the warm-up
 * @param warmUpSteps steps of the warm-up; step {@code s} of it has {@code (s + 1) / (warmUpSteps +
 *     1)} of the peak, so that no step is lost on a rate of 0
 * @param shape of what follows
 * @param totalSteps where cosine or decay end; the rate stays at {@code least} from there on
 * @param decaySteps steps of the decay
 * @param least rate at the end
 */
public record LearningRate(
    double peak, long warmUpSteps, Shape shape, long totalSteps, long decaySteps, double least)
    implements Schedule {

  /** What follows the warm-up. */
  public enum Shape {
    CONSTANT,
    COSINE,
    /** Stable, then down by 1 - sqrt(progress). */
    STABLE_DECAY
  }

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public LearningRate {
    check(peak > 0 && !Double.isInfinite(peak), "peak", peak, "above 0");
    check(warmUpSteps >= 0, "warm-up-steps", warmUpSteps, "at least 0");
    check(least >= 0 && least <= peak, "least", least, "at least 0 and at most the peak");
    check(
        shape != Shape.COSINE || totalSteps > warmUpSteps,
        "total-steps",
        totalSteps,
        "more than the warm-up for a cosine");
    check(
        shape != Shape.STABLE_DECAY || (decaySteps >= 0 && warmUpSteps + decaySteps <= totalSteps),
        "decay-steps",
        decaySteps,
        "0 to what the warm-up leaves");
  }

  private static void check(boolean ok, String key, double value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("learning-rate." + key + " = " + value + ": want " + rule);
    }
  }

  /** One rate for all steps. */
  public static LearningRate constant(double rate) {
    return new LearningRate(rate, 0, Shape.CONSTANT, 0, 0, rate);
  }

  /** A linear warm-up, then one rate. */
  public static LearningRate warmUp(double rate, long warmUpSteps) {
    return new LearningRate(rate, warmUpSteps, Shape.CONSTANT, 0, 0, rate);
  }

  /** A linear warm-up, then half a cosine from the peak to the least. */
  public static LearningRate cosine(double peak, long warmUpSteps, long totalSteps, double least) {
    return new LearningRate(peak, warmUpSteps, Shape.COSINE, totalSteps, 0, least);
  }

  /** A linear warm-up, the peak, and in the last steps a decay to the least. */
  public static LearningRate stableDecay(
      double peak, long warmUpSteps, long totalSteps, long decaySteps, double least) {
    return new LearningRate(peak, warmUpSteps, Shape.STABLE_DECAY, totalSteps, decaySteps, least);
  }

  @Override
  public double at(long step) {
    if (step < warmUpSteps) {
      return peak * (step + 1) / (warmUpSteps + 1);
    }
    if (shape == Shape.CONSTANT) {
      return peak;
    }
    if (shape == Shape.STABLE_DECAY) {
      long into = Math.min(step + 1 - (totalSteps - decaySteps), decaySteps);
      return into <= 0 ? peak : peak - (peak - least) * Math.sqrt((double) into / decaySteps);
    }
    double progress = Math.min(1, (double) (step - warmUpSteps) / (totalSteps - warmUpSteps));
    return least + (peak - least) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress));
  }
}
