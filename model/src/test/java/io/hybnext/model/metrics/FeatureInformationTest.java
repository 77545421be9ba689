package io.hybnext.model.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeatureInformationTest {

  private static double[][] noise(int rows, int columns, long seed) {
    Random random = new Random(seed);
    return IntStream.range(0, rows)
        .mapToObj(
            i -> IntStream.range(0, columns).mapToDouble(j -> random.nextGaussian()).toArray())
        .toArray(double[][]::new);
  }

  @Test
  void shouldCountDirectionsOfEqualSpread() {
    double[][] cross = {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}};
    assertEquals(2, FeatureInformation.effectiveRank(cross), 1e-9);
    assertEquals(2, FeatureInformation.effectiveRankByVariance(cross), 1e-9);
  }

  @Test
  void shouldCountSmallDirectionsLessByVariance() {
    double[][] features = noise(500, 10, 1);
    for (double[] row : features) {
      for (int j = 2; j < 10; j++) {
        row[j] *= 0.1;
      }
    }
    double strict = FeatureInformation.effectiveRankByVariance(features);
    assertTrue(strict > 2 && strict < 3, "rank " + strict);
    assertTrue(FeatureInformation.effectiveRank(features) > 1.5 * strict);
  }

  @Test
  void shouldFindNothingExplainedByUnrelatedCaptions() {
    double[][] features = noise(400, 6, 2);
    int[] captions = IntStream.range(0, 400).map(i -> i % 150).toArray();
    assertEquals(0, FeatureInformation.shareExplainedByCaption(features, captions), 0.1);
  }

  @Test
  void shouldFindEverythingExplainedWhenFeaturesFollowCaptions() {
    double[][] of = noise(4, 6, 3);
    int[] captions = IntStream.range(0, 100).map(i -> 10 + i % 4).toArray();
    double[][] features = IntStream.of(captions).mapToObj(c -> of[c - 10]).toArray(double[][]::new);
    assertEquals(1, FeatureInformation.shareExplainedByCaption(features, captions), 1e-9);
  }

  @Test
  void shouldRefuseWhatCannotBeMeasured() {
    double[][] same = {{1, 2}, {1, 2}, {1, 2}};
    double[][] infinite = {{1, 2}, {1, Double.NaN}};
    double[][] short1 = {{1, 2}};
    assertThrows(IllegalArgumentException.class, () -> FeatureInformation.effectiveRank(same));
    assertThrows(
        IllegalArgumentException.class,
        () -> FeatureInformation.shareExplainedByCaption(same, new int[] {1, 2, 3}));
    assertThrows(IllegalArgumentException.class, () -> FrechetDistance.between(infinite, infinite));
    assertThrows(IllegalArgumentException.class, () -> KernelDistance.between(short1, short1));
    assertThrows(IllegalArgumentException.class, () -> NeighbourhoodMetrics.of(same, same, 3));
  }

  @Test
  void shouldDrawTheSameSubsetsForTheSameSeed() {
    double[][] a = noise(60, 5, 4);
    double[][] b = noise(70, 5, 5);
    double[] first = KernelDistance.overSubsets(a, b, 4, 20, 9).values();
    assertArrayEquals(first, KernelDistance.overSubsets(a, b, 4, 20, 9).values());
    double all = KernelDistance.overSubsets(a, b, 1, 60, 9).values()[0];
    assertTrue(Double.isFinite(all));
  }

  @Test
  void shouldGivePsnr() {
    assertEquals(
        10 * Math.log10(255 * 255 / 2.5),
        ImageSimilarity.psnr(new byte[] {10, (byte) 200}, new byte[] {12, (byte) 199}),
        1e-12);
    assertEquals(Double.POSITIVE_INFINITY, ImageSimilarity.psnr(new byte[] {1}, new byte[] {1}));
  }
}
