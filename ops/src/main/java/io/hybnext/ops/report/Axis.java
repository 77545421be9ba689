package io.hybnext.ops.report;

import java.util.Arrays;
import java.util.Locale;

/**
 * The range of an axis with round marks.
 *
 * @param least lower end
 * @param most upper end
 * @param step between marks: 1, 2 or 5 times a power of ten
 */
record Axis(double least, double most, double step) {

  /**
   * An axis that shows all values.
   *
   * @param values finite
   * @param marks about how many
   * @param exact whether it ends at the values; otherwise at marks
   */
  static Axis over(double[] values, int marks, boolean exact) {
    double least = Arrays.stream(values).min().orElse(0);
    double most = Arrays.stream(values).max().orElse(1);
    if (most - least < 1e-12 * Math.max(1, Math.abs(most))) {
      double room = most == 0 ? 1 : Math.abs(most) / 10;
      least -= room;
      most += room;
    }
    double step = round((most - least) / marks);
    if (exact) {
      return new Axis(least, most, step);
    }
    return new Axis(Math.floor(least / step) * step, Math.ceil(most / step) * step, step);
  }

  private static double round(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    double share = step / power;
    double factor = share <= 1.0 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10;
    return factor * power;
  }

  /** The marks within the range. */
  double[] ticks() {
    long first = (long) Math.ceil(least / step - 1e-9);
    long last = (long) Math.floor(most / step + 1e-9);
    double[] ticks = new double[(int) (last - first + 1)];
    for (int i = 0; i < ticks.length; i++) {
      ticks[i] = (first + i) * step;
    }
    return ticks;
  }

  /** Where a value lies, 0 at the lower end and 1 at the upper. */
  double share(double value) {
    return (value - least) / (most - least);
  }

  /** A mark's text, with as many decimals as the step needs. */
  String label(double tick) {
    if (Math.max(Math.abs(least), Math.abs(most)) < 0.01) {
      return tick == 0 ? "0" : String.format(Locale.ROOT, "%.1e", tick).replace("e-0", "e-");
    }
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return String.format(Locale.ROOT, "%,." + decimals + "f", tick == 0 ? 0.0 : tick);
  }
}
