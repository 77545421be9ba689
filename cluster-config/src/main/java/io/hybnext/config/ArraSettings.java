package io.hybnext.config;

/**
 * The {@code arra} section of reference.conf. The alignment objective.
 *
 * @param lambda weight of the alignment loss; 0 switches the branch off
 * @param layer block whose output is aligned, from 1
 * @param positions which hidden states are aligned
 */
public record ArraSettings(double lambda, int layer, Positions positions) {

  /** Which hidden states are aligned (project file spec/arra.md, section 3.5). */
  public enum Positions {
    PREDICTING_IMAGE,
    ALL,
    REP_PRE,
    REP_POST,
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
  }
}
