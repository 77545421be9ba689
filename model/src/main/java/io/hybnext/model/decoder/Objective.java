package io.hybnext.model.decoder;

/**
 * What a network has to know of the training objective.
 *
 * @param positions that its passes select for alignment
 * @param zLossWeight weight of the mean squared logarithm of the softmax's sum in the loss; 0
 *     switches it off
 */
public record Objective(Positions positions, double zLossWeight) {

  /** Checks the weight. */
  public Objective {
    if (!(zLossWeight >= 0) || Double.isInfinite(zLossWeight)) {
      throw new IllegalArgumentException("arra.z-loss = " + zLossWeight + ": want at least 0");
    }
  }

  /** Plain next-token training with these positions. */
  public static Objective of(Positions positions) {
    return new Objective(positions, 0);
  }

  /** Whether the z-loss is computed at all. */
  public boolean zLoss() {
    return zLossWeight > 0;
  }
}
