package io.hybnext.model.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the numbers of the public Python implementations; see golden/metrics/README.md. */
class GoldenMetricsTest {
  private SafetensorsFile io;
  private JsonNode expected;
  private double[][] real;
  private double[][] fake;

  @BeforeEach
  void open() throws IOException, URISyntaxException {
    Path folder = Path.of(getClass().getResource("/golden/metrics/README.md").toURI()).getParent();
    expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    io = SafetensorsFile.open(folder.resolve("io.safetensors"));
    real = rows("real");
    fake = rows("fake");
  }

  @AfterEach
  void close() throws IOException {
    io.close();
  }

  private double[][] rows(String name) throws IOException {
    double[] all = io.doubles(name);
    int columns = (int) io.entry(name).shape()[1];
    double[][] rows = new double[all.length / columns][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * columns, (i + 1) * columns));
    return rows;
  }

  private int[][] rowNumbers(String name) throws IOException {
    return Arrays.stream(rows(name))
        .map(row -> Arrays.stream(row).mapToInt(value -> (int) value).toArray())
        .toArray(int[][]::new);
  }

  private void assertClose(String key, double actual, double relative) {
    double want = expected.get(key).doubleValue();
    assertEquals(want, actual, relative * Math.abs(want), key);
  }

  @Test
  void shouldGiveFrechetDistance() {
    assertClose("fid", FrechetDistance.between(real, fake), 1e-6);
    assertClose("fid_mean_term", FrechetDistance.meanTerm(real, fake), 1e-6);
    assertEquals(0, FrechetDistance.between(real, real), 1e-6);
  }

  @Test
  void shouldGiveFrechetDistanceOfSingularCovariances() {
    double[][] few = Arrays.copyOf(real, 40);
    double distance = FrechetDistance.between(few, Arrays.copyOf(fake, 40));
    assertClose("fid_first40_sqrtm", distance, 1e-5);
    assertClose("fid_first40_eigh", distance, 1e-5);
    assertEquals(distance, FrechetDistance.between(Arrays.copyOf(fake, 40), few), 1e-5 * distance);
  }

  @Test
  void shouldGiveKernelDistance() throws IOException {
    assertClose("kid_full_unbiased", KernelDistance.between(real, fake), 1e-6);
    KernelDistance.Subsets subsets =
        KernelDistance.overSubsets(
            real, fake, rowNumbers("kid_subset_real_idx"), rowNumbers("kid_subset_fake_idx"));
    assertClose("kid_subsets_mean", subsets.mean(), 1e-6);
    assertClose("kid_subsets_std_population", subsets.populationDeviation(), 1e-6);
    assertClose("kid_subsets_std_sample", subsets.sampleDeviation(), 1e-6);
    assertArrayEquals(io.doubles("kid_subset_values"), subsets.values(), 1e-5);
  }

  @Test
  void shouldGivePrecisionRecallDensityCoverage() {
    for (int k : new int[] {3, 5}) {
      NeighbourhoodMetrics metrics = NeighbourhoodMetrics.of(real, fake, k);
      assertClose("precision_k" + k, metrics.precision(), 1e-15);
      assertClose("recall_k" + k, metrics.recall(), 1e-15);
      assertClose("density_k" + k, metrics.density(), 1e-12);
      assertClose("coverage_k" + k, metrics.coverage(), 1e-15);
    }
  }

  @Test
  void shouldGiveStructuralSimilarity() throws IOException {
    byte[] grayA = io.bytes("gray_a");
    byte[] grayB = io.bytes("gray_b");
    byte[] a = io.bytes("img_a");
    byte[] b = io.bytes("img_b");
    assertClose("ssim_gray", ImageSimilarity.ssim(grayA, grayB, 176, 176, 1), 1e-6);
    assertClose("ssim_rgb", ImageSimilarity.ssim(a, b, 176, 176, 3), 1e-6);
    assertClose("ms_ssim_gray", ImageSimilarity.multiScaleSsim(grayA, grayB, 176, 176, 1), 1e-6);
    assertClose(
        "ms_ssim_rgb_per_channel_product", ImageSimilarity.multiScaleSsim(a, b, 176, 176, 3), 1e-6);
    assertEquals(1, ImageSimilarity.multiScaleSsim(a, a, 176, 176, 3), 1e-12);
  }

  @Test
  void shouldGiveClipScores() throws IOException {
    double[][] images = rows("clip_image_embeds");
    double[][] texts = rows("clip_text_embeds");
    assertClose("clip_score_mean_cosine", ClipScore.meanCosine(images, texts), 1e-6);
    assertClose("clip_score_100_clamped_after_mean", ClipScore.percent(images, texts), 1e-6);
    assertClose("clip_score_2p5_clamped_each", ClipScore.hessel(images, texts), 1e-6);
  }
}
