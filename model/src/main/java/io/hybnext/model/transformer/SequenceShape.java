package io.hybnext.model.transformer;

import io.hybnext.model.decoder.AlignedPositions;
import io.hybnext.model.decoder.Positions;

/**
 * What stands where in the sequence that training feeds: the condition, the image tokens, and
 * perhaps one learned alignment token, whose rotary row is zeros like the condition's.
 *
 * @param conditionTokens condition positions T
 * @param imageTokens image tokens N that are predicted
 * @param repPlace where the learned token stands
 */
public record SequenceShape(int conditionTokens, int imageTokens, RepPlace repPlace) {

  /** Where a learned alignment token stands. */
  public enum RepPlace {
    /** Nowhere: condition, then all image tokens but the last. */
    NONE,
    /** Between the condition and all image tokens but the last; it predicts the first one. */
    BEFORE_IMAGE,
    /** Behind all image tokens. */
    AFTER_IMAGE
  }

  /** The sequence of a network without alignment token. */
  public static SequenceShape of(TransformerConfig config) {
    return new SequenceShape(config.clsTokenNum(), config.blockSize(), RepPlace.NONE);
  }

  /** The sequence that these aligned positions need. */
  public static SequenceShape of(TransformerConfig config, Positions positions) {
    RepPlace place =
        switch (positions) {
          case REP_PRE -> RepPlace.BEFORE_IMAGE;
          case REP_POST -> RepPlace.AFTER_IMAGE;
          default -> RepPlace.NONE;
        };
    return new SequenceShape(config.clsTokenNum(), config.blockSize(), place);
  }

  /**
   * The aligned positions of every sequence of this shape. All tokens of an answer are image tokens
   * here.
   *
   * @throws IllegalArgumentException for positions that such sequences do not have
   */
  public AlignedPositions.Range aligned(Positions positions) {
    return switch (positions) {
      case ALL -> new AlignedPositions.Range(0, length());
      case REP_PRE, REP_POST -> new AlignedPositions.Range(repPosition(), 1);
      case LAST_TOKEN -> new AlignedPositions.Range(length() - 1, 1);
      case PREDICTING_IMAGE, PREDICTING_ANSWER, NONE ->
          new AlignedPositions.Range(firstPredicting(), imageTokens);
      case OFFICIAL_SLICE, REP_TOKEN ->
          throw new IllegalArgumentException(
              "arra.positions = "
                  + positions.setting()
                  + ": a LlamaGen network has no such positions; want predicting-image, rep-pre or"
                  + " rep-post");
    };
  }

  /** Image tokens that the network is fed. */
  public int imageInputs() {
    return repPlace == RepPlace.AFTER_IMAGE ? imageTokens : imageTokens - 1;
  }

  /** Positions S. */
  public int length() {
    return conditionTokens + imageInputs() + (repPlace == RepPlace.NONE ? 0 : 1);
  }

  /** The position whose logits predict the first image token. */
  public int firstPredicting() {
    return repPlace == RepPlace.BEFORE_IMAGE ? conditionTokens : conditionTokens - 1;
  }

  /** The position of the learned token, when there is one. */
  public int repPosition() {
    return switch (repPlace) {
      case NONE -> throw new IllegalStateException("this sequence has no alignment token");
      case BEFORE_IMAGE -> conditionTokens;
      case AFTER_IMAGE -> length() - 1;
    };
  }

  /** Rotary rows of all positions, (S, D/H/2, 2). */
  public float[] rotaryRows(RotaryTable table) {
    int before = conditionTokens + (repPlace == RepPlace.BEFORE_IMAGE ? 1 : 0);
    return table.rows(before, imageInputs(), repPlace == RepPlace.AFTER_IMAGE ? 1 : 0);
  }
}
