package io.hybnext.model.verify;

/** Numbers inside tensor names: {@code 4}, {@code 0.5}, or {@code 7p5} for 7.5. */
final class KeyNumber {
  /** As part of a regular expression. */
  static final String PATTERN = "(\\d+(?:[p.]\\d+)?(?:e-?\\d+)?)";

  private KeyNumber() {}

  static double parse(String text) {
    return Double.parseDouble(text.replace('p', '.'));
  }
}
