package io.hybnext.config;

/**
 * The {@code arra} section of reference.conf. The alignment objective.
 *
 * @param lambda weight of the alignment loss; 0 switches the branch off
 * @param layer block whose output is aligned, from 1
 * @param positions which hidden states are aligned
 * @param zLossWeight weight of the z-loss
 */
public record ArraSettings(double lambda, int layer, Positions positions, double zLossWeight) {

  /** Which hidden states are aligned (project file spec/arra.md, section 3.5). */
  public enum Positions {
    PREDICTING_IMAGE,
    REP_TOKEN,
    NONE
  }

  /** Whether the alignment branch runs at all. */
  public boolean enabled() {
    return lambda > 0 && positions != Positions.NONE;
  }

  /** Checks every value. */
  public ArraSettings {
    Rule.between("arra.lambda", lambda, 0, 100);
    Rule.between("arra.layer", layer, 1, 1024);
    Rule.between("arra.z-loss-weight", zLossWeight, 0, 1);
  }
}
