package io.hybnext.model.arra;

import io.hybnext.model.transformer.SequenceShape.RepPlace;
import io.hybnext.model.transformer.TransformerConfig;

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

  /** Which positions are aligned. */
  public enum Positions {
    /** Every position that predicts an image token; the paper's intent and the default. */
    PREDICTING_IMAGE("predicting-image"),
    /** Every position of the sequence, the condition and its padding included. */
    ALL("all"),
    /** One learned token between condition and image. */
    REP_PRE("rep-pre"),
    /** One learned token behind the image. */
    REP_POST("rep-post"),
    /** None: plain autoregressive training. */
    NONE("none");

    private final String setting;

    Positions(String setting) {
      this.setting = setting;
    }

    /** The word used in settings. */
    public String setting() {
      return setting;
    }

    /**
     * Reads the word used in settings.
     *
     * @throws IllegalArgumentException for any other text
     */
    public static Positions parse(String setting) {
      for (Positions positions : values()) {
        if (positions.setting.equals(setting)) {
          return positions;
        }
      }
      throw new IllegalArgumentException(
          "arra.positions = "
              + setting
              + ": want predicting-image, all, rep-pre, rep-post or none");
    }

    /** Where this selector wants a learned token. */
    public RepPlace repPlace() {
      return switch (this) {
        case REP_PRE -> RepPlace.BEFORE_IMAGE;
        case REP_POST -> RepPlace.AFTER_IMAGE;
        default -> RepPlace.NONE;
      };
    }
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
  public ArraConfig checkFits(TransformerConfig network) {
    layer.blockIn(network.nLayer());
    return this;
  }
}
