package io.hybnext.config;

import java.util.regex.Pattern;

/** Checks of single values; the exception names key, value and rule. */
final class Rule {
  private static final Pattern DEVICE = Pattern.compile("cpu|cuda:\\d{1,3}");

  private Rule() {}

  static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new SettingsException(key, key + " = " + value + ": want " + rule);
    }
  }

  static void between(String key, long value, long least, long most) {
    check(value >= least && value <= most, key, value, "from " + least + " to " + most);
  }

  static void atLeast(String key, long value, long least) {
    check(value >= least, key, value, "at least " + least);
  }

  static void between(String key, double value, double least, double most) {
    check(value >= least && value <= most, key, value, "from " + least + " to " + most);
  }

  static void aboveUpTo(String key, double value, double below, double most) {
    check(value > below && value <= most, key, value, "above " + below + " and at most " + most);
  }

  static void share(String key, double value) {
    check(value >= 0 && value < 1, key, value, "at least 0 and below 1");
  }

  static void notBlank(String key, String value) {
    check(!value.isBlank(), key, "\"" + value + "\"", "some text");
  }

  static void device(String key, String value) {
    check(DEVICE.matcher(value).matches(), key, value, "cpu or cuda:N, e.g. cuda:0");
  }
}
