package io.hybnext.model.arra;

import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.Positions;

/**
 * The alignment term: which hidden states are pulled towards the image's global feature, how
 * strongly. Source: arra.md sections 2 and 3.
 *
 * @param lambda weight of the term; 0 switches it off
 * @param layer whose hidden states are aligned
 * @param positions which of them
 * @param featureDim width E of the image feature
 */
public record ArraConfig(double lambda, AlignmentLayer layer, Positions positions, int featureDim) {

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
    return new ArraConfig(other, layer, positions, featureDim);
  }

  /** Whether the term is computed at all. */
  public boolean active() {
    return lambda > 0 && positions != Positions.NONE;
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
