package io.hybnext.model.optimiser;

/**
 * Learning rate by step: a linear warm-up, then constant or along half a cosine.
 *
 * @param peak rate behind the warm-up
 * @param warmUpSteps steps of the warm-up; step {@code s} of it has {@code (s + 1) / (warmUpSteps +
 *     1)} of the peak, so that no step is lost on a rate of 0
 * @param shape of what follows
 * @param totalSteps where the cosine ends; it stays at {@code least} from there on
 * @param least rate at the cosine's end
 */
public record LearningRate(
    double peak, long warmUpSteps, Shape shape, long totalSteps, double least) implements Schedule {

  /** What follows the warm-up. */
  public enum Shape {
    CONSTANT,
    COSINE
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
        shape == Shape.CONSTANT || totalSteps > warmUpSteps,
        "total-steps",
        totalSteps,
        "more than the warm-up for a cosine");
  }

  private static void check(boolean ok, String key, double value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("learning-rate." + key + " = " + value + ": want " + rule);
    }
  }

  /** One rate for all steps. */
  public static LearningRate constant(double rate) {
    return new LearningRate(rate, 0, Shape.CONSTANT, 0, rate);
  }

  /** A linear warm-up, then one rate. */
  public static LearningRate warmUp(double rate, long warmUpSteps) {
    return new LearningRate(rate, warmUpSteps, Shape.CONSTANT, 0, rate);
  }

  /** A linear warm-up, then half a cosine from the peak to the least. */
  public static LearningRate cosine(double peak, long warmUpSteps, long totalSteps, double least) {
    return new LearningRate(peak, warmUpSteps, Shape.COSINE, totalSteps, least);
  }

  @Override
  public double at(long step) {
    if (step < warmUpSteps) {
      return peak * (step + 1) / (warmUpSteps + 1);
    }
    if (shape == Shape.CONSTANT) {
      return peak;
    }
    double progress = Math.min(1, (double) (step - warmUpSteps) / (totalSteps - warmUpSteps));
    return least + (peak - least) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress));
  }
}
