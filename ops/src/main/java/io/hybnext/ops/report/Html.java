package io.hybnext.ops.report;

import java.util.Locale;

/** Text of a page: escaping and numbers for people. */
final class Html {
  private static final String[] LENGTH_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Html() {}

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A number with about three significant digits, or a dash. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    double size = Math.abs(value);
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    } else if (size >= 100) {
      return String.format(Locale.ROOT, "%.0f", value);
    } else if (size >= 10) {
      return String.format(Locale.ROOT, "%.1f", value);
    } else if (size >= 1 || size == 0) {
      return trimmed(String.format(Locale.ROOT, "%.2f", value));
    } else if (size >= 0.01) {
      return String.format(Locale.ROOT, "%.3f", value);
    }
    return String.format(Locale.ROOT, "%.1e", value).replace("e-0", "e-");
  }

  static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.0f %%", 100 * share) : "–";
  }

  static String length(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < LENGTH_UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return number(value) + " " + LENGTH_UNITS[unit];
  }

  static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 120) {
      return whole + " s";
    }
    return whole < 7200
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole / 60 % 60 + " min";
  }

  private static String trimmed(String number) {
    return number.endsWith(".00") ? number.substring(0, number.length() - 3) : number;
  }
}
