package io.hybnext.model.encoder;

import java.util.Locale;

/** How the tokens of a vision transformer become one vector (spec section 2 and Table 2). */
public enum Aggregation {
  /** The class token after the final norm; the paper's choice. */
  CLASS_TOKEN,
  /** The mean of the other tokens after the final norm. */
  PATCH_MEAN,
  /** Both, one behind the other. */
  CLASS_TOKEN_AND_PATCH_MEAN;

  /** The word in settings, e.g. {@code patch-mean}. */
  public String setting() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads the word in settings.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static Aggregation parse(String setting) {
    for (Aggregation aggregation : values()) {
      if (aggregation.setting().equals(setting)) {
        return aggregation;
      }
    }
    throw new IllegalArgumentException(
        "aggregation = "
            + setting
            + ": want class-token, patch-mean or class-token-and-patch-mean");
  }
}
