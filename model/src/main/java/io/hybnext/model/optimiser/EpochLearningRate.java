package io.hybnext.model.optimiser;

/**
 * Learning rate by fractional epoch, as ARRA's training script has it: a linear warm-up from 0,
 * then half a cosine to the least rate; with the least rate equal to the peak, constant. Source:
 * arra.md section 3.6, D14.
 *
 * @param peak rate behind the warm-up
 * @param warmUpEpochs epochs of the warm-up, a fraction allowed
 * @param epochs where the cosine ends
 * @param least rate at the end
 * @param stepsPerEpoch optimiser steps of one epoch, a fraction allowed
 */
public record EpochLearningRate(
    double peak, double warmUpEpochs, double epochs, double least, double stepsPerEpoch)
    implements Schedule {

  /**
   * Checks every value.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public EpochLearningRate {
    check(peak > 0 && !Double.isInfinite(peak), "peak", peak, "above 0");
    check(warmUpEpochs >= 0, "warm-up-epochs", warmUpEpochs, "at least 0");
    check(epochs > warmUpEpochs, "epochs", epochs, "more than the warm-up");
    check(least >= 0 && least <= peak, "least", least, "at least 0 and at most the peak");
    check(stepsPerEpoch > 0, "steps-per-epoch", stepsPerEpoch, "above 0");
  }

  private static void check(boolean ok, String key, double value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("learning-rate." + key + " = " + value + ": want " + rule);
    }
  }

  @Override
  public double at(long step) {
    return atEpoch(step / stepsPerEpoch);
  }

  /** The rate at a fractional epoch, from 0. */
  public double atEpoch(double epoch) {
    if (epoch < warmUpEpochs) {
      return peak * epoch / warmUpEpochs;
    }
    double progress = Math.min(1, (epoch - warmUpEpochs) / (epochs - warmUpEpochs));
    return least + (peak - least) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * progress));
  }
}
