package io.hybnext.ops.bench;

/** The rule of a whole-numbered option of {@code bench}. */
final class OptionRange {
  private OptionRange() {}

  /**
   * Refuses a value outside the range.
   *
   * @param option without dashes
   * @throws IllegalArgumentException with option, value and rule
   */
  static void check(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "--" + option + " " + value + ": want " + least + " to " + most);
    }
  }
}
