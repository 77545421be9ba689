package io.hybnext.model.arra;

import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.Positions;

/**
 * What ARRA adds to the next-token loss: the alignment term, which pulls hidden states towards the
 * image's global feature, and the z-loss. Source: arra.md sections 2 and 3.
 *
 * @param lambda weight of the alignment term; 0 switches it off
 * @param layer whose hidden states are aligned
 * @param positions which of them
 * @param featureDim width E of the image feature
 * @param distance between projected states and the feature
 * @param zLossWeight weight of the z-loss; 0 switches it off
 * @param officialCoupling whether no z-loss means no alignment either, as in the official code
 *     (arra.md section 3.6, D8)
 */
public record ArraConfig(
    double lambda,
    AlignmentLayer layer,
    Positions positions,
    int featureDim,
    Distance distance,
    double zLossWeight,
    boolean officialCoupling) {

  /** How far projected states are from the feature. */
  public enum Distance {
    /** 1 - cosine; the paper's choice. */
    COSINE,
    /** Mean squared difference over the feature's numbers, nothing normalised. */
    MSE
  }

  /** The cosine, without z-loss. */
  public ArraConfig(double lambda, AlignmentLayer layer, Positions positions, int featureDim) {
    this(lambda, layer, positions, featureDim, Distance.COSINE, 0, false);
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public ArraConfig {
    if (!(lambda >= 0) || Double.isInfinite(lambda)) {
      throw new IllegalArgumentException("arra.lambda = " + lambda + ": want at least 0");
    }
    if (featureDim < 1) {
      throw new IllegalArgumentException("arra.feature-dim = " + featureDim + ": want at least 1");
    }
  }

  /** The paper's choice: lambda 1, behind block 1, every position that predicts an image token. */
  public static ArraConfig standard(int featureDim) {
    return new ArraConfig(1, AlignmentLayer.block(1), Positions.PREDICTING_IMAGE, featureDim);
  }

  /** The same with another weight. */
  public ArraConfig withLambda(double other) {
    return new ArraConfig(
        other, layer, positions, featureDim, distance, zLossWeight, officialCoupling);
  }

  /** The same with another distance. */
  public ArraConfig withDistance(Distance other) {
    return new ArraConfig(
        lambda, layer, positions, featureDim, other, zLossWeight, officialCoupling);
  }

  /** The same with a z-loss of this weight, which switches the alignment as well or not. */
  public ArraConfig withZLoss(double weight, boolean coupled) {
    return new ArraConfig(lambda, layer, positions, featureDim, distance, weight, coupled);
  }

  /** What a network has to know of it. */
  public Objective objective() {
    return new Objective(positions, zLossWeight);
  }

  /** Whether the term is computed at all. */
  public boolean active() {
    return lambda > 0 && positions != Positions.NONE && (zLossWeight > 0 || !officialCoupling);
  }

  /**
   * Checks that the network has the layer.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public ArraConfig checkFits(DecoderConfig network) {
    layer.blockIn(network.depth());
    return this;
  }
}
