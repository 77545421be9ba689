package io.hybnext.ops.report;

import io.hybnext.ops.report.ReportData.Reconstruction;
import io.hybnext.ops.report.ReportData.SampleRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** The grids of pictures: samples over training time, and reconstructions. */
final class PictureSections {
  private final ReportData data;
  private final Path folder;

  PictureSections(ReportData data, Path folder) {
    this.data = data;
    this.folder = folder;
  }

  /** Rows: checkpoints, and real images last; columns: captions. */
  String samples() throws IOException {
    if (data.samples().isEmpty()) {
      return "";
    }
    StringBuilder section = new StringBuilder(ReportPage.open("samples", "Pictures as it learns"));
    section.append(
        "<p>Drawn from the caption alone, with the same noise at every checkpoint. The last row"
            + " shows real held-out images of the same captions, which were never trained"
            + " on.</p>");
    section.append("<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
    section.append(" aria-label=\"Sample grid\"><table class=\"pictures\"><thead><tr><td></td>");
    for (String caption : data.captions()) {
      section.append("<th scope=\"col\">").append(Html.escape(caption)).append("</th>");
    }
    section.append("</tr></thead><tbody>");
    for (SampleRow row : data.samples()) {
      String name = checkpoint(row.step());
      row(section, name, "", row.files(), name + ", drawn: ");
    }
    if (!data.references().isEmpty()) {
      row(section, "real", " class=\"real\"", data.references(), "real image: ");
    }
    return section.append("</tbody></table></div></section>").toString();
  }

  /** A checkpoint's name for people. */
  static String checkpoint(long step) {
    return step == 0 ? "untrained" : String.format(Locale.ROOT, "step %,d", step);
  }

  private void row(StringBuilder section, String name, String style, List<String> files, String alt)
      throws IOException {
    section.append("<tr").append(style).append("><th scope=\"row\">").append(name).append("</th>");
    for (int i = 0; i < files.size(); i++) {
      String caption = i < data.captions().size() ? data.captions().get(i) : "";
      section.append("<td>").append(picture(files.get(i), alt + caption)).append("</td>");
    }
    section.append("</tr>");
  }

  /** Originals above, reconstructions below. */
  String reconstruction() throws IOException {
    Reconstruction quality = data.reconstruction();
    if (quality == null) {
      return "";
    }
    StringBuilder section =
        new StringBuilder(ReportPage.open("tokenizer", "What the tokenizer keeps"));
    section.append(
        String.format(
            Locale.ROOT,
            "<p>%s on split <em>%s</em>: PSNR <strong>%.1f dB</strong>, SSIM"
                + " <strong>%.2f</strong>, %s of the codebook in use. No generated picture can be"
                + " better than these.</p>",
            Html.escape(quality.tokenizer()),
            Html.escape(quality.split()),
            quality.psnr(),
            quality.ssim(),
            Html.percent(quality.codesUsed())));
    if (!quality.originals().isEmpty()) {
      section.append("<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
      section.append(" aria-label=\"Reconstructions\"><table class=\"pictures\"><tbody>");
      strip(section, "original", quality.originals());
      strip(section, "from tokens", quality.reconstructions());
      section.append("</tbody></table></div>");
    }
    return section.append("</section>").toString();
  }

  private void strip(StringBuilder section, String name, List<String> files) throws IOException {
    section.append("<tr><th scope=\"row\">").append(name).append("</th>");
    for (int i = 0; i < files.size(); i++) {
      section.append("<td>").append(picture(files.get(i), name + " " + (i + 1))).append("</td>");
    }
    section.append("</tr>");
  }

  private String picture(String name, String alt) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      return "<span class=\"absent\">not there</span>";
    }
    String encoded = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    return "<img src=\"data:image/png;base64," + encoded + "\" alt=\"" + Html.escape(alt) + "\">";
  }
}
