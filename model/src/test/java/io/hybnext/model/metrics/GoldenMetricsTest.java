package io.hybnext.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.verify.CaseReport;
import io.hybnext.model.verify.Verifier;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against the numbers of the public Python implementations; see tests/golden/metrics. */
class GoldenMetricsTest {
  private static final Path CASE =
      Path.of(System.getProperty("hybnext.root"), "tests", "golden", "metrics");

  @Test
  void shouldGiveEveryNumberOfTheReference() {
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    CaseReport report = new Verifier(engine, Precision.FP32).verify(CASE);
    assertEquals("metrics", report.kind());
    assertTrue(report.passed(), report.summary() + report.failed());
    assertEquals(List.of(), report.notChecked());
    assertEquals(31, report.results().size());
  }

  @Test
  void shouldGiveTheSameDistanceBothWaysWhenCovariancesAreSingular() throws IOException {
    try (SafetensorsFile io = SafetensorsFile.open(CASE.resolve("io.safetensors"))) {
      double[][] real = rows(io, "real");
      double[][] fake = rows(io, "fake");
      double distance = FrechetDistance.between(real, fake);
      assertEquals(distance, FrechetDistance.between(fake, real), 1e-6 * distance);
    }
  }

  @Test
  void shouldGiveOneForEqualImages() throws IOException {
    try (SafetensorsFile io = SafetensorsFile.open(CASE.resolve("io.safetensors"))) {
      byte[] image = io.bytes("img_a");
      assertEquals(1, ImageSimilarity.multiScaleSsim(image, image, 176, 176, 3), 1e-12);
      assertEquals(1, ImageSimilarity.multiScaleSsimOfMeans(image, image, 176, 176, 3), 1e-12);
    }
  }

  private static double[][] rows(SafetensorsFile io, String name) throws IOException {
    double[] all = io.doubles(name);
    double[][] rows = new double[40][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * 64, (i + 1) * 64));
    return rows;
  }
}
