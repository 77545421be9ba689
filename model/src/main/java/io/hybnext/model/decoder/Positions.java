package io.hybnext.model.decoder;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Which positions of a sequence are aligned. Source: arra.md section 3.5. */
public enum Positions {
  /** Every position that predicts an image token; the paper's intent and the default. */
  PREDICTING_IMAGE("predicting-image"),
  /** Every position that predicts a token of the answer, grammar tokens included. */
  PREDICTING_ANSWER("predicting-answer"),
  /** The fixed slice of the official code, counted from the end of the padded batch. */
  OFFICIAL_SLICE("official-slice"),
  /** The position of the vocabulary's alignment token. */
  REP_TOKEN("rep-token"),
  /** The last token of each sequence. */
  LAST_TOKEN("last-token"),
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

  /** Whether a learned token, which belongs to the projector's bucket, joins the sequence. */
  public boolean learnedToken() {
    return this == REP_PRE || this == REP_POST;
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
    String known =
        Arrays.stream(values()).map(Positions::setting).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("arra.positions = " + setting + ": want one of " + known);
  }
}
