package io.hybnext.config;

/**
 * The {@code evaluation.drift} section of reference.conf. Whether new items look like those that
 * the run began with.
 *
 * @param window items that are compared, of the reference and of each source; 0 = none
 * @param bound mean shift, in standard deviations of the reference, from which on an alarm is told
 */
public record DriftSettings(int window, double bound) {

  /** Checks every value. */
  public DriftSettings {
    Rule.check(
        window == 0 || (window >= 8 && window <= 10_000),
        "evaluation.drift.window",
        window,
        "0, or from 8 to 10000");
    Rule.aboveUpTo("evaluation.drift.bound", bound, 0, 1000);
  }
}
