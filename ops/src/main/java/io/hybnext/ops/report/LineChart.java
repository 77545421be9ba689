package io.hybnext.ops.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A line chart over training steps as inline SVG; colours come from the page's style. */
final class LineChart {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 250;
  private static final int LEFT = 54;
  private static final int RIGHT = 14;
  private static final int TOP = 14;
  private static final int BOTTOM = 40;
  private static final int MOST_POINTS = 400;

  /** How a line is drawn. */
  enum Style {
    /** As it is. */
    EXACT,
    /** A running mean over a faint line of single values. */
    NOISY,
    /** Few points, shown as dots. */
    POINTS
  }

  /**
   * A line.
   *
   * @param name in legend and readout
   * @param x rising
   * @param y NaN is left out
   * @param style how it is drawn
   */
  record Series(String name, double[] x, double[] y, Style style) {

    /** Means of neighbours, so that a long run stays a small page. */
    Series thinned() {
      int group = (x.length + MOST_POINTS - 1) / MOST_POINTS;
      if (group <= 1) {
        return this;
      }
      int length = (x.length + group - 1) / group;
      double[] thinX = new double[length];
      double[] thinY = new double[length];
      for (int i = 0; i < length; i++) {
        int end = Math.min(x.length, (i + 1) * group);
        for (int k = i * group; k < end; k++) {
          thinX[i] += x[k] / (end - i * group);
          thinY[i] += y[k] / (end - i * group);
        }
      }
      return new Series(name, thinX, thinY, style);
    }

    /** Mean over neighbours on both sides, about a fifteenth of the line, fewer at its start. */
    Series smoothed() {
      int reach = x.length / 30;
      double[] smooth = new double[y.length];
      for (int i = 0; i < y.length; i++) {
        int before = Math.min(reach, i);
        int end = Math.min(y.length, i + before + 1);
        smooth[i] =
            Arrays.stream(y, i - before, end).filter(Double::isFinite).average().orElse(Double.NaN);
      }
      return new Series(name, x, smooth, style);
    }
  }

  private final String title;
  private final String unit;
  private final List<Series> series;
  private final String spoken;
  private final Axis xAxis;
  private final Axis yAxis;

  LineChart(String title, String unit, List<Series> series) {
    this.title = title;
    this.unit = unit;
    this.spoken = spoken(title, series);
    this.series = series.stream().map(Series::thinned).toList();
    this.xAxis = Axis.over(fromZero(values(true)), 6, true);
    this.yAxis = Axis.over(values(false), 5, false);
  }

  private double[] values(boolean ofX) {
    return series.stream()
        .flatMapToDouble(line -> Arrays.stream(ofX ? line.x() : line.y()))
        .filter(Double::isFinite)
        .toArray();
  }

  private static double[] fromZero(double[] steps) {
    return Arrays.copyOf(steps, steps.length + 1); // the last one is 0
  }

  /** A {@code figure} with heading, chart and a caption that tells first and last values. */
  String render() {
    StringBuilder svg = new StringBuilder();
    svg.append("<figure class=\"chart\"><figcaption><strong>")
        .append(Html.escape(title))
        .append("</strong> <span class=\"unit\">")
        .append(Html.escape(unit))
        .append("</span>")
        .append(legend())
        .append("</figcaption>");
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\" data-plot=\"%s\">",
            WIDTH,
            HEIGHT,
            Html.escape(spoken),
            Html.escape(plotData())));
    grid(svg);
    for (int i = 0; i < series.size(); i++) {
      line(svg, series.get(i), i + 1);
    }
    return svg.append("</svg></figure>").toString();
  }

  private String legend() {
    if (series.size() == 1) {
      return "";
    }
    StringBuilder text = new StringBuilder("<span class=\"legend\">");
    for (int i = 0; i < series.size(); i++) {
      text.append("<span class=\"key key")
          .append(i + 1)
          .append("\">")
          .append(Html.escape(series.get(i).name()))
          .append("</span>");
    }
    return text.append("</span>").toString();
  }

  /** What the chart says, for readers who do not see it. */
  private static String spoken(String title, List<Series> series) {
    StringBuilder text = new StringBuilder(title);
    for (Series line : series) {
      if (line.y().length > 0) {
        text.append("; ")
            .append(line.name())
            .append(" from ")
            .append(Html.number(line.y()[0]))
            .append(" to ")
            .append(Html.number(line.y()[line.y().length - 1]));
      }
    }
    return text.toString();
  }

  private void grid(StringBuilder svg) {
    for (double tick : yAxis.ticks()) {
      double y = y(tick);
      svg.append(
          format(
              "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                  + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              LEFT, WIDTH - RIGHT, y, y, LEFT - 8, y + 4, yAxis.label(tick)));
    }
    for (double tick : xAxis.ticks()) {
      svg.append(
          format(
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
              x(tick), HEIGHT - BOTTOM + 18, xAxis.label(tick)));
    }
    svg.append(
        format(
            "<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"end\">step</text>",
            WIDTH - RIGHT, HEIGHT - 4));
  }

  private void line(StringBuilder svg, Series line, int colour) {
    if (line.style() == Style.NOISY) {
      svg.append(path(line, "line raw line" + colour));
      svg.append(path(line.smoothed(), "line line" + colour));
      return;
    }
    svg.append(path(line, "line line" + colour));
    for (int i = 0; line.style() == Style.POINTS && i < line.x().length; i++) {
      if (Double.isFinite(line.y()[i])) {
        svg.append(
            format(
                "<circle class=\"dot dot%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>",
                colour, x(line.x()[i]), y(line.y()[i])));
      }
    }
  }

  private String path(Series line, String style) {
    StringBuilder path = new StringBuilder("<path class=\"" + style + "\" d=\"");
    boolean down = false;
    for (int i = 0; i < line.x().length; i++) {
      if (!Double.isFinite(line.y()[i])) {
        down = false;
        continue;
      }
      path.append(format("%s%.1f %.1f", down ? "L" : "M", x(line.x()[i]), y(line.y()[i])));
      down = true;
    }
    return path.append("\"/>").toString();
  }

  /** What the page's script needs for the readout under the pointer. */
  private String plotData() {
    List<String> lines = new ArrayList<>();
    for (Series line : series) {
      StringBuilder points = new StringBuilder();
      for (int i = 0; i < line.x().length; i++) {
        if (Double.isFinite(line.y()[i])) {
          points.append(points.length() == 0 ? "" : ",");
          points.append(
              format(
                  "[%.1f,%.1f,\"%s\",\"%s\"]",
                  x(line.x()[i]),
                  y(line.y()[i]),
                  Html.number(line.y()[i]),
                  format("%.0f", line.x()[i])));
        }
      }
      lines.add("{\"name\":\"" + line.name() + "\",\"points\":[" + points + "]}");
    }
    return "[" + String.join(",", lines) + "]";
  }

  private double x(double value) {
    return LEFT + xAxis.share(value) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return HEIGHT - BOTTOM - yAxis.share(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
