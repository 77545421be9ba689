package io.hybnext.ops.report;

import io.hybnext.ops.report.ReportData.ContinueCommand;
import io.hybnext.ops.report.ReportData.CurvePoint;
import io.hybnext.ops.report.ReportData.Evaluation;
import io.hybnext.ops.report.ReportData.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The page: one file without a server or anything from elsewhere, light and dark. */
final class ReportPage {
  private final ReportData data;
  private final PictureSections pictures;
  private final TableSections tables;

  /**
   * Prepares the page.
   *
   * @param folder that the data's files are relative to
   */
  ReportPage(ReportData data, Path folder) {
    this.data = data;
    this.pictures = new PictureSections(data, folder);
    this.tables = new TableSections(data);
  }

  /** The page's text. */
  String render() throws IOException {
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<meta name=\"color-scheme\" content=\"light dark\"><title>")
        .append(Html.escape(data.title()))
        .append("</title><style>")
        .append(resource("report.css"))
        .append("</style></head><body>");
    page.append("<a class=\"skip\" href=\"#main\">Skip to content</a>");
    page.append(header()).append("<main id=\"main\">");
    page.append(pictures.samples());
    page.append(curves());
    page.append(tables.evaluations());
    page.append(pictures.reconstruction());
    page.append(tables.ingestion());
    page.append(tables.processes());
    page.append(tables.checkpoints());
    page.append(goOn());
    page.append(howItRan());
    page.append("</main><script>").append(resource("report.js")).append("</script>");
    return page.append("</body></html>\n").toString();
  }

  private String header() {
    StringBuilder header = new StringBuilder("<header><h1>");
    header
        .append(Html.escape(data.title()))
        .append("</h1><p class=\"lead\">")
        .append(Html.escape(summary()))
        .append("</p><dl class=\"tiles\">");
    Evaluation first = data.evaluations().isEmpty() ? null : data.evaluations().get(0);
    Evaluation last = first == null ? null : data.evaluations().get(data.evaluations().size() - 1);
    if (last != null) {
      tile(header, "Held-out NLL", "nats a token", first.nll(), last.nll());
      tile(header, "KID", "lower is closer to real", first.kid(), last.kid());
      if (Double.isFinite(last.gva())) {
        tile(header, "Held-out alignment", "GVA, 1 − cosine", first.gva(), last.gva());
      }
    }
    if (!data.curve().isEmpty()) {
      double tokens = median(data.curve(), CurvePoint::tokensPerSecond);
      tile(header, "Speed", "tokens a second, all trainers", Html.number(tokens));
    }
    tile(header, "Trained", "optimiser steps", String.format(Locale.ROOT, "%,d", steps()));
    tile(header, "Took", "all stages", Html.duration(data.seconds()));
    return header.append("</dl></header>").toString();
  }

  private String summary() {
    Machine machine = data.machine();
    long trainers =
        data.processes().stream().filter(row -> row.actors().contains("trainer")).count();
    return String.format(
        "%s started %s on %s (%d cores), %s, %s.",
        "Run",
        data.startedAt().replace('T', ' ').replace("Z", " UTC"),
        machine.processor(),
        machine.cores(),
        machine.device(),
        trainers == 1 ? "1 trainer process" : trainers + " trainer processes");
  }

  private long steps() {
    return data.curve().isEmpty() ? 0 : data.curve().get(data.curve().size() - 1).step();
  }

  private static void tile(
      StringBuilder header, String name, String unit, double first, double last) {
    tile(header, name, unit, Html.number(first) + " → " + Html.number(last));
  }

  private static void tile(StringBuilder header, String name, String unit, String value) {
    header
        .append("<div class=\"tile\"><dt>")
        .append(Html.escape(name))
        .append("</dt><dd><b>")
        .append(value)
        .append("</b><span>")
        .append(Html.escape(unit))
        .append("</span></dd></div>");
  }

  private String curves() {
    if (data.curve().isEmpty()) {
      return "";
    }
    List<LineChart> charts = new ArrayList<>();
    charts.add(chart("Next-token loss", "NLL, nats a token", CurvePoint::nll, Evaluation::nll));
    if (data.curve().stream().anyMatch(point -> point.gva() != 0)) {
      charts.add(chart("Alignment loss", "GVA, 1 − cosine", CurvePoint::gva, Evaluation::gva));
    }
    charts.add(chart("Throughput", "tokens a second, all trainers", CurvePoint::tokensPerSecond));
    charts.add(chart("Gradient norm", "L2, before clipping", CurvePoint::gradientNorm));
    charts.add(
        new LineChart(
            "Learning rate",
            "AdamW",
            List.of(series("learning rate", CurvePoint::learningRate, LineChart.Style.EXACT))));
    StringBuilder section = new StringBuilder(open("curves", "How training went"));
    section.append(
        "<p>Faint lines are single steps, strong ones their running mean; dots are checkpoints"
            + " measured on held-out images.</p><div class=\"charts\">");
    charts.forEach(chart -> section.append(chart.render()));
    return section.append("</div></section>").toString();
  }

  /** Training and held-out values in one chart. */
  private LineChart chart(
      String title,
      String unit,
      ToDoubleFunction<CurvePoint> trained,
      ToDoubleFunction<Evaluation> heldOut) {
    List<LineChart.Series> lines = new ArrayList<>();
    lines.add(series("training", trained, LineChart.Style.NOISY));
    if (!data.evaluations().isEmpty()) {
      lines.add(
          new LineChart.Series(
              "held-out",
              data.evaluations().stream().mapToDouble(Evaluation::step).toArray(),
              data.evaluations().stream().mapToDouble(heldOut).toArray(),
              LineChart.Style.POINTS));
    }
    return new LineChart(title, unit, lines);
  }

  private LineChart chart(String title, String unit, ToDoubleFunction<CurvePoint> value) {
    return new LineChart(title, unit, List.of(series(title, value, LineChart.Style.NOISY)));
  }

  private LineChart.Series series(
      String name, ToDoubleFunction<CurvePoint> value, LineChart.Style style) {
    return new LineChart.Series(
        name,
        data.curve().stream().mapToDouble(CurvePoint::step).toArray(),
        data.curve().stream().mapToDouble(value).toArray(),
        style);
  }

  private String goOn() {
    if (data.continueCommands().isEmpty()) {
      return "";
    }
    StringBuilder section = new StringBuilder(open("go-on", "Go on"));
    for (ContinueCommand next : data.continueCommands()) {
      section
          .append("<p class=\"purpose\">")
          .append(Html.escape(next.purpose()))
          .append("</p><pre class=\"command\" tabindex=\"0\"><code>")
          .append(Html.escape(next.command()))
          .append("</code></pre>");
    }
    return section.append("</section>").toString();
  }

  private String howItRan() {
    Machine machine = data.machine();
    StringBuilder section = new StringBuilder(open("machine", "Machine and settings"));
    section.append("<dl class=\"facts\">");
    fact(section, "Processor", machine.processor() + ", " + machine.cores() + " cores");
    fact(section, "Memory", Html.length(machine.memoryBytes()));
    fact(section, "System", machine.system());
    fact(section, "Java", machine.java());
    fact(section, "libtorch", machine.libtorch());
    fact(section, "Source", machine.commit().isEmpty() ? "unknown" : machine.commit());
    return section
        .append("</dl><details><summary>All settings</summary><pre tabindex=\"0\"><code>")
        .append(Html.escape(data.settings()))
        .append("</code></pre></details></section>")
        .toString();
  }

  private static void fact(StringBuilder section, String name, String value) {
    section
        .append("<div><dt>")
        .append(name)
        .append("</dt><dd>")
        .append(Html.escape(value))
        .append("</dd></div>");
  }

  static String open(String id, String heading) {
    return String.format(
        "<section id=\"%s\" aria-labelledby=\"%s-h\"><h2 id=\"%s-h\">%s</h2>",
        id, id, id, Html.escape(heading));
  }

  private static double median(List<CurvePoint> curve, ToDoubleFunction<CurvePoint> value) {
    double[] sorted = curve.stream().mapToDouble(value).filter(Double::isFinite).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
