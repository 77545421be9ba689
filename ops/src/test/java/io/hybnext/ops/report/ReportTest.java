package io.hybnext.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};

  @TempDir Path folder;

  @Test
  void shouldReadBackWhatItWrites() throws IOException {
    ReportData data = data("Run");
    ReportStore.write(data, folder);
    assertEquals(data, ReportStore.read(folder));
  }

  @Test
  void shouldHoldEverySectionInOneFile() throws IOException {
    Files.write(folder.resolve("a.png"), PNG);
    String page = Files.readString(ReportStore.write(data("Run"), folder));
    for (String part :
        List.of(
            "Pictures as it learns",
            "How training went",
            "Measured checkpoints",
            "What the tokenizer keeps",
            "From files to tokens",
            "What ran where",
            "Checkpoints",
            "ops/hybnext train -c run.conf",
            "data:image/png;base64,iVBORw",
            "too small")) {
      assertTrue(page.contains(part), part);
    }
    Pattern fromElsewhere = Pattern.compile("(src|href)=\"(?!data:|#)|@import|url\\(");
    assertFalse(fromElsewhere.matcher(page).find());
  }

  @Test
  void shouldNameEveryPictureAndChartInWords() throws IOException {
    Files.write(folder.resolve("a.png"), PNG);
    String page = Files.readString(ReportStore.write(data("Run"), folder));
    assertTrue(page.contains("alt=\"step 100, drawn: PA view, normal.\""));
    assertTrue(page.contains("aria-label=\"Next-token loss; training from 7 to 5.04; held-out"));
    assertFalse(Pattern.compile("<img(?![^>]*alt=\"[^\"])").matcher(page).find());
  }

  @Test
  void shouldTreatTextsAsTextsAndBearAbsentPictures() throws IOException {
    String page = Files.readString(ReportStore.write(data("<script>alert(1)</script>"), folder));
    assertFalse(page.contains("<script>alert"));
    assertTrue(page.contains("&lt;script&gt;alert"));
    assertTrue(page.contains("not there"));
  }

  @Test
  void shouldShowWhatThereIsWhenARunEndsEarly() throws IOException {
    ReportData full = data("Run");
    ReportData early =
        new ReportData(
            "Early",
            full.startedAt(),
            1,
            full.machine(),
            "",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            null,
            null,
            List.of(),
            List.of(),
            List.of());
    String page = Files.readString(ReportStore.write(early, folder));
    assertTrue(page.contains("Machine and settings"));
    assertFalse(page.contains("NaN"));
  }

  @Test
  void shouldMarkAxesWithRoundNumbers() {
    Axis axis = Axis.over(new double[] {5.13, 6.95}, 5, false);
    assertEquals(0.5, axis.step());
    assertEquals(List.of("5.0", "5.5", "6.0", "6.5", "7.0"), labels(axis));
    assertEquals(
        List.of("0", "5.0e-4", "1.0e-3"), labels(Axis.over(new double[] {0, 1e-3}, 2, true)));
  }

  private static List<String> labels(Axis axis) {
    return java.util.Arrays.stream(axis.ticks()).mapToObj(axis::label).toList();
  }

  private static ReportData data(String title) {
    List<ReportData.CurvePoint> curve =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(
                step ->
                    new ReportData.CurvePoint(
                        step, step * 0.1, 5 + 2 * Math.exp((1 - step) / 250.0), 0.5, 1, 1e-3, 3000))
            .toList();
    return new ReportData(
        title,
        "2026-01-02T03:04:05Z",
        200,
        new ReportData.Machine("CPU", 4, 8L << 30, "Linux", "17", "2.7.1", "cpu", "abc"),
        "training { steps = 1000 }",
        curve,
        List.of(
            new ReportData.Evaluation(0, 6.93, 1.0, 0.3, 0.01, 120, 0.4, 64),
            new ReportData.Evaluation(1000, 5.1, 0.3, 0.05, Double.NaN, 60, 0.2, 64)),
        List.of("PA view, normal."),
        List.of("a.png"),
        List.of(new ReportData.SampleRow(100, List.of("a.png"))),
        new ReportData.Reconstruction(
            "vq-f16", 28.9, 0.79, 0.98, "val", List.of("a.png"), List.of("a.png")),
        new ReportData.Ingestion(
            10,
            0,
            1,
            2,
            List.of(new ReportData.Ingestion.Stage("decode", 11, 400, 2, 8, 0.4)),
            List.of(new ReportData.Ingestion.Reason("too small", 1))),
        List.of(
            new ReportData.ProcessRow(
                "trainer", 0, 42, "127.0.0.1:1", List.of("trainer-0"), 1, 1L << 29, "ended")),
        List.of(
            new ReportData.CheckpointRow(1000, "checkpoints/step-1000", 5 << 20, "ab".repeat(32))),
        List.of(new ReportData.ContinueCommand("Train on", "ops/hybnext train -c run.conf")));
  }
}
