package io.hybnext.ops.report;

import io.hybnext.ops.report.ReportData.CheckpointRow;
import io.hybnext.ops.report.ReportData.Evaluation;
import io.hybnext.ops.report.ReportData.Ingestion;
import io.hybnext.ops.report.ReportData.ProcessRow;
import java.util.List;
import java.util.Locale;

/** The sections that are tables. */
final class TableSections {
  private static final int SHOWN_HASH_DIGITS = 16;

  private final ReportData data;

  TableSections(ReportData data) {
    this.data = data;
  }

  String evaluations() {
    if (data.evaluations().isEmpty()) {
      return "";
    }
    StringBuilder section =
        new StringBuilder(ReportPage.open("evaluation", "Measured checkpoints"));
    section.append(
        "<p>NLL on held-out images. KID and FID compare drawn pictures with held-out images that went"
            + " through the tokenizer, the best that a model can draw with it, in the features of a"
            + " network that took no part in training; the last KID compares with the images as they"
            + " are. With so few pictures FID is biased upwards and serves for comparison within this"
            + " table only.</p>");
    head(section, "Checkpoint", "NLL", "GVA", "KID × 1000", "FID", "KID to originals", "pictures");
    for (Evaluation row : data.evaluations()) {
      cells(
          section,
          PictureSections.checkpoint(row.step()),
          Html.number(row.nll()),
          Html.number(row.gva()),
          Html.number(1000 * row.kid()) + spread(1000 * row.kidDeviation()),
          Html.number(row.fid()),
          Html.number(1000 * row.kidToOriginals()),
          String.valueOf(row.images()));
    }
    return section.append("</tbody></table></div></section>").toString();
  }

  private static String spread(double deviation) {
    return Double.isFinite(deviation) ? " ± " + Html.number(deviation) : "";
  }

  String ingestion() {
    Ingestion ingestion = data.ingestion();
    if (ingestion == null) {
      return "";
    }
    StringBuilder section = new StringBuilder(ReportPage.open("ingestion", "From files to tokens"));
    section.append(
        String.format(
            Locale.ROOT,
            "<p>%,d images stored, %,d already there, %,d refused, in %s.</p>",
            ingestion.stored(),
            ingestion.reused(),
            ingestion.quarantined(),
            Html.duration(ingestion.seconds())));
    if (!ingestion.stages().isEmpty()) {
      head(section, "Stage", "images", "images/s", "waiting, mean", "waiting, most", "busy");
      for (Ingestion.Stage stage : ingestion.stages()) {
        cells(
            section,
            stage.name(),
            String.format(Locale.ROOT, "%,d", stage.images()),
            Html.number(stage.perSecond()),
            Html.number(stage.queueMean()),
            Html.number(stage.queueMax()),
            meter(stage.busyShare()));
      }
      section.append("</tbody></table></div>");
    }
    if (!ingestion.reasons().isEmpty()) {
      head(section, "Refused because", "images");
      for (Ingestion.Reason reason : ingestion.reasons()) {
        cells(section, reason.reason(), String.valueOf(reason.images()));
      }
      section.append("</tbody></table></div>");
    }
    return section.append("</section>").toString();
  }

  private static Raw meter(double share) {
    double shown = Double.isFinite(share) ? Math.max(0, Math.min(1, share)) : 0;
    return new Raw(
        String.format(
            Locale.ROOT,
            "<span class=\"meter\" aria-hidden=\"true\"><i style=\"width:%.0f%%\"></i></span>%s",
            100 * shown,
            Html.percent(share)));
  }

  String processes() {
    if (data.processes().isEmpty()) {
      return "";
    }
    StringBuilder section = new StringBuilder(ReportPage.open("processes", "What ran where"));
    section.append("<ul class=\"processes\">");
    for (ProcessRow row : data.processes()) {
      section
          .append("<li><h3>")
          .append(Html.escape(row.role() + (row.rank() >= 0 ? " " + row.rank() : "")))
          .append(" <span class=\"state\">")
          .append(Html.escape(row.state()))
          .append("</span></h3><p>process ")
          .append(row.pid());
      if (!row.address().isEmpty()) {
        section.append(" at ").append(Html.escape(row.address()));
      }
      if (row.threads() > 0) {
        section
            .append(", ")
            .append(row.threads())
            .append(row.threads() == 1 ? " thread" : " threads");
      }
      if (row.peakResidentBytes() > 0) {
        section.append(", ").append(Html.length(row.peakResidentBytes())).append(" at most");
      }
      section.append("</p>");
      actors(section, row.actors());
      section.append("</li>");
    }
    return section.append("</ul></section>").toString();
  }

  private static void actors(StringBuilder section, List<String> actors) {
    if (!actors.isEmpty()) {
      section.append("<ul class=\"actors\">");
      actors.forEach(actor -> section.append("<li>").append(Html.escape(actor)).append("</li>"));
      section.append("</ul>");
    }
  }

  String checkpoints() {
    if (data.checkpoints().isEmpty()) {
      return "";
    }
    StringBuilder section = new StringBuilder(ReportPage.open("checkpoints", "Checkpoints"));
    head(section, "Step", "folder", "size", "SHA-256 of the weights");
    for (CheckpointRow row : data.checkpoints()) {
      String hash = row.sha256();
      cells(
          section,
          String.format(Locale.ROOT, "%,d", row.step()),
          new Raw("<code>" + Html.escape(row.folder()) + "</code>"),
          Html.length(row.bytes()),
          new Raw(
              "<code title=\""
                  + Html.escape(hash)
                  + "\">"
                  + Html.escape(hash.substring(0, Math.min(SHOWN_HASH_DIGITS, hash.length())))
                  + "…</code>"));
    }
    return section.append("</tbody></table></div></section>").toString();
  }

  /** A cell that is markup already. */
  private record Raw(String markup) {}

  private static void head(StringBuilder section, String... names) {
    section.append("<div class=\"scroll\" tabindex=\"0\"><table class=\"figures\"><thead><tr>");
    for (String name : names) {
      section.append("<th scope=\"col\">").append(Html.escape(name)).append("</th>");
    }
    section.append("</tr></thead><tbody>");
  }

  private static void cells(StringBuilder section, Object... values) {
    section.append("<tr>");
    for (int i = 0; i < values.length; i++) {
      String text =
          values[i] instanceof Raw raw ? raw.markup() : Html.escape(String.valueOf(values[i]));
      section.append(i == 0 ? "<th scope=\"row\">" : "<td>").append(text);
      section.append(i == 0 ? "</th>" : "</td>");
    }
    section.append("</tr>");
  }
}
