package io.hybnext.model.encoder;

/**
 * Length, pace and randomness of an encoder's training.
 *
 * @param seed of everything random
 * @param steps updates
 * @param batchSize images a step
 * @param learningRate the largest one
 */
public record EncoderTrainingConfig(long seed, int steps, int batchSize, double learningRate) {
  /** Checks every value. */
  public EncoderTrainingConfig {
    check(steps >= 1, "steps", steps, "at least 1");
    check(batchSize >= 2, "batch size", batchSize, "at least 2, to tell images apart");
    check(learningRate > 0, "learning rate", learningRate, "above 0");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(
          "encoder training: " + key + " " + value + ": want " + rule);
    }
  }
}
