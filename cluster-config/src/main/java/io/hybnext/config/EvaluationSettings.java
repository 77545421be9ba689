package io.hybnext.config;

/**
 * The {@code evaluation} section of reference.conf. Measuring a checkpoint.
 *
 * @param images held-out images for NLL, and as many drawn for FID and KID
 */
public record EvaluationSettings(int images) {

  /** Checks every value. */
  public EvaluationSettings {
    Rule.atLeast("evaluation.images", images, 2);
  }
}
