package io.hybnext.config;

/**
 * The {@code arra} section of reference.conf. What ARRA adds to the next-token loss.
 *
 * @param lambda weight of the alignment loss; 0 switches the branch off
 * @param layer block whose output is aligned, from 1
 * @param positions which hidden states are aligned
 * @param distance between projected states and the feature
 * @param zLoss weight of the z-loss; 0 switches it off
 * @param officialCoupling whether no z-loss means no alignment either
 */
public record ArraSettings(
    double lambda,
    int layer,
    Positions positions,
    Distance distance,
    double zLoss,
    boolean officialCoupling) {

  /** How far projected states are from the feature. */
  public enum Distance {
    COSINE,
    MSE
  }

  /** Which hidden states are aligned (project file spec/arra.md, section 3.5). */
  public enum Positions {
    PREDICTING_IMAGE,
    PREDICTING_ANSWER,
    OFFICIAL_SLICE,
    REP_TOKEN,
    LAST_TOKEN,
    ALL,
    REP_PRE,
    REP_POST,
    NONE
  }

  /** Whether the alignment branch runs at all. */
  public boolean enabled() {
    return lambda > 0 && positions != Positions.NONE && (zLoss > 0 || !officialCoupling);
  }

  /** Checks every value. */
  public ArraSettings {
    Rule.between("arra.lambda", lambda, 0, 100);
    Rule.between("arra.layer", layer, 1, 1024);
    Rule.between("arra.z-loss", zLoss, 0, 1);
  }
}
