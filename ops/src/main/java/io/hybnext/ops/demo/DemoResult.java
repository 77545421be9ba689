package io.hybnext.ops.demo;

import io.hybnext.actors.run.RunReport;
import io.hybnext.ops.report.ReportData;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the last line of a demo tells. */
final class DemoResult {
  private DemoResult() {}

  /**
   * Names the figures. First is the first checkpoint, not the untrained network, which would
   * flatter.
   *
   * @param shown the untrained network and at least one checkpoint
   */
  static Map<String, Object> of(
      RunReport report,
      List<ReportData.CurvePoint> curve,
      int trainers,
      Exhibition.Shown shown,
      Instant started,
      Path page) {
    List<ReportData.Evaluation> all = shown.evaluations();
    ReportData.Evaluation first = all.get(Math.min(1, all.size() - 1));
    ReportData.Evaluation last = all.get(all.size() - 1);
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("steps", report.step());
    values.put("tokens_per_s", medianTokensPerSecond(curve));
    values.put("trainers", trainers);
    values.put("nll_untrained", all.get(0).nll());
    values.put("nll_first", first.nll());
    values.put("nll_last", last.nll());
    values.put("gva_first", first.gva());
    values.put("gva_last", last.gva());
    values.put("kid_untrained", all.get(0).kid());
    values.put("kid_first", first.kid());
    values.put("kid_last", last.kid());
    values.put("kid_to_originals_first", first.kidToOriginals());
    values.put("kid_to_originals_last", last.kidToOriginals());
    values.put("fid_first", first.fid());
    values.put("fid_last", last.fid());
    values.put("first_step", first.step());
    values.put("seconds", Duration.between(started, Instant.now()).toMillis() / 1000.0);
    values.put("report", page.toString());
    return values;
  }

  private static double medianTokensPerSecond(List<ReportData.CurvePoint> curve) {
    double[] sorted =
        curve.stream().mapToDouble(ReportData.CurvePoint::tokensPerSecond).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }
}
