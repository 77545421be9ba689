package io.hybnext.config;

/**
 * The {@code evaluation} section of reference.conf. Measuring a checkpoint.
 *
 * @param images held-out images for NLL, and as many drawn for FID and KID
 * @param samples pictures drawn from every new checkpoint of a run; 0 = none
 * @param gate what a checkpoint must pass to become the run's current one
 * @param drift whether new items look like those that the run began with
 */
public record EvaluationSettings(int images, int samples, GateSettings gate, DriftSettings drift) {

  /** Checks every value. */
  public EvaluationSettings {
    Rule.atLeast("evaluation.images", images, 2);
    Rule.between("evaluation.samples", samples, 0, 64);
  }
}
