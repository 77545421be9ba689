package io.hybnext.config;

/**
 * The {@code evaluation.gate} section of reference.conf. What a checkpoint must pass to become the
 * run's current one.
 *
 * @param images of each set for NLL; 0 = no gate
 * @param pictures drawn for KID on each set; 0 = NLL alone
 * @param forgetting largest share by which NLL on the fixed held-out set may be above the best
 * @param kidMargin most by which KID may be above the best
 * @param newestMargin largest share by which NLL on the newest items may be above that of the
 *     current checkpoint
 */
public record GateSettings(
    int images, int pictures, double forgetting, double kidMargin, double newestMargin) {

  /** Checks every value. */
  public GateSettings {
    Rule.check(
        images == 0 || (images >= 2 && images <= 100_000),
        "evaluation.gate.images",
        images,
        "0, or from 2 to 100000");
    Rule.check(
        pictures == 0 || (pictures >= 2 && pictures <= images),
        "evaluation.gate.pictures",
        pictures,
        "0, or from 2 to evaluation.gate.images = " + images);
    Rule.between("evaluation.gate.forgetting", forgetting, 0, 1);
    Rule.between("evaluation.gate.kid-margin", kidMargin, 0, 10);
    Rule.between("evaluation.gate.newest-margin", newestMargin, 0, 1);
  }

  /** Whether checkpoints are measured before they become current. */
  public boolean on() {
    return images > 0;
  }
}
