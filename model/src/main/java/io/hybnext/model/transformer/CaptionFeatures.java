package io.hybnext.model.transformer;

/**
 * One encoded caption: a vector for each of T positions, left-padded, so that the last position is
 * a word of the caption. Arrays are shared, not copied: nobody writes to them.
 *
 * @param features (T, C), row-major; padded rows are zeros
 * @param length positions that are not padding, at the end; at least 1, so that the last position,
 *     which predicts the first image token, sees a condition
 */
public record CaptionFeatures(float[] features, int length) {

  /** Checks the length. */
  public CaptionFeatures {
    if (length < 1) {
      throw new IllegalArgumentException("a caption of " + length + " positions: want at least 1");
    }
  }
}
