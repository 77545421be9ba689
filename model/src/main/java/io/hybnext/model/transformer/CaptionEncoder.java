package io.hybnext.model.transformer;

/** Turns a caption into the vectors that a caption-conditional network takes. Thread-safe. */
public interface CaptionEncoder {

  /** Positions T that every caption is padded or cut to. */
  int positions();

  /** Width C of a vector. */
  int width();

  /** The features of one caption, the same for the same text. */
  CaptionFeatures encode(String caption);
}
