package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.metrics.ClipScore;
import io.hybnext.model.metrics.FrechetDistance;
import io.hybnext.model.metrics.ImageSimilarity;
import io.hybnext.model.metrics.KernelDistance;
import io.hybnext.model.metrics.NeighbourhoodMetrics;
import java.io.IOException;
import java.util.Arrays;

/** Figures of merit on given features and images; plain Java in fp64 whatever the device. */
final class MetricsCase implements CaseKind {
  private static final double CLOSE = 1e-6;
  private static final int FEW = 40; // fewer samples than dimensions: singular covariances

  @Override
  public String name() {
    return "metrics";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.has("fid") && config.has("kid") && config.has("ms_ssim");
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    double[][] real = rows(reference, "real");
    double[][] fake = rows(reference, "fake");
    frechet(real, fake, compare);
    kernel(real, fake, reference, compare);
    for (JsonNode k : reference.config().path("precision_recall").path("k")) {
      neighbourhoods(real, fake, k.asInt(), compare);
    }
    similarity(reference, compare);
    captions(reference, compare);
    for (String name : reference.numbers()) {
      if (name.startsWith("torchmetrics_") || name.startsWith("fid_first40_eps")) {
        reference.number(name); // another definition, and a remark: nothing to compare with
      }
    }
  }

  private static double[][] rows(ReferenceCase reference, String key) throws IOException {
    double[] all = reference.doubles("io", key);
    int columns = (int) reference.shape("io", key)[1];
    double[][] rows = new double[all.length / columns][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(all, i * columns, (i + 1) * columns));
    return rows;
  }

  private static void frechet(double[][] real, double[][] fake, Comparison compare) {
    compare.number("fid", FrechetDistance.between(real, fake), CLOSE, 0);
    compare.number("fid_self", FrechetDistance.between(real, real), 0, CLOSE);
    compare.number("fid_mean_term", FrechetDistance.meanTerm(real, fake), CLOSE, 0);
    double singular = FrechetDistance.between(Arrays.copyOf(real, FEW), Arrays.copyOf(fake, FEW));
    compare.number("fid_first40_sqrtm", singular, CLOSE, 0);
    compare.number("fid_first40_eigh", singular, CLOSE, 0);
  }

  private static void kernel(
      double[][] real, double[][] fake, ReferenceCase reference, Comparison compare)
      throws IOException {
    compare.number("kid_full_unbiased", KernelDistance.between(real, fake), CLOSE, 0);
    if (reference.has("io", "kid_subset_real_idx")) {
      int[][] realRows = rowNumbers(reference, "kid_subset_real_idx");
      int[][] fakeRows = rowNumbers(reference, "kid_subset_fake_idx");
      KernelDistance.Subsets subsets = KernelDistance.overSubsets(real, fake, realRows, fakeRows);
      compare.doubles("kid_subset_values", subsets.values(), CLOSE, CLOSE);
      compare.number("kid_subsets_mean", subsets.mean(), CLOSE, 0);
      compare.number("kid_subsets_std_population", subsets.populationDeviation(), CLOSE, 0);
      compare.number("kid_subsets_std_sample", subsets.sampleDeviation(), CLOSE, 0);
    }
  }

  private static int[][] rowNumbers(ReferenceCase reference, String key) throws IOException {
    return Arrays.stream(rows(reference, key))
        .map(row -> Arrays.stream(row).mapToInt(value -> (int) value).toArray())
        .toArray(int[][]::new);
  }

  private static void neighbourhoods(double[][] real, double[][] fake, int k, Comparison compare) {
    NeighbourhoodMetrics metrics = NeighbourhoodMetrics.of(real, fake, k);
    compare.number("precision_k" + k, metrics.precision(), 0, 0);
    compare.number("recall_k" + k, metrics.recall(), 0, 0);
    compare.number("density_k" + k, metrics.density(), CLOSE, 0);
    compare.number("coverage_k" + k, metrics.coverage(), 0, 0);
    double margin = NeighbourhoodMetrics.leastMargin(real, fake, k);
    compare.number("precision_k" + k + "_min_relative_margin", margin, CLOSE, 0);
  }

  private static void similarity(ReferenceCase reference, Comparison compare) throws IOException {
    byte[] greyA = reference.bytes("io", "gray_a");
    byte[] greyB = reference.bytes("io", "gray_b");
    byte[] a = reference.bytes("io", "img_a");
    byte[] b = reference.bytes("io", "img_b");
    int height = (int) reference.shape("io", "img_a")[0];
    int width = (int) reference.shape("io", "img_a")[1];
    compare.number("ssim_gray", ImageSimilarity.ssim(greyA, greyB, width, height, 1), CLOSE, 0);
    compare.number("ssim_rgb", ImageSimilarity.ssim(a, b, width, height, 3), CLOSE, 0);
    double grey = ImageSimilarity.multiScaleSsim(greyA, greyB, width, height, 1);
    compare.number("ms_ssim_gray", grey, CLOSE, 0);
    double products = ImageSimilarity.multiScaleSsim(a, b, width, height, 3);
    compare.number("ms_ssim_rgb_per_channel_product", products, CLOSE, 0);
    double means = ImageSimilarity.multiScaleSsimOfMeans(a, b, width, height, 3);
    compare.number("ms_ssim_rgb_channel_mean_first", means, CLOSE, 0);
    double[] greyScales = flat(ImageSimilarity.scales(greyA, greyB, width, height, 1));
    compare.doubles("ms_ssim_gray_scale_values", greyScales, CLOSE, 0);
    double[] scales = flat(ImageSimilarity.scales(a, b, width, height, 3));
    compare.doubles("ms_ssim_rgb_scale_values", scales, CLOSE, 0);
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private static void captions(ReferenceCase reference, Comparison compare) throws IOException {
    double[][] images = rows(reference, "clip_image_embeds");
    double[][] texts = rows(reference, "clip_text_embeds");
    compare.doubles("clip_cosines", ClipScore.cosines(images, texts), CLOSE, CLOSE);
    compare.number("clip_score_mean_cosine", ClipScore.meanCosine(images, texts), CLOSE, 0);
    compare.number("clip_score_100_clamped_after_mean", ClipScore.percent(images, texts), CLOSE, 0);
    compare.number("clip_score_100_clamped_each", ClipScore.percentEach(images, texts), CLOSE, 0);
    compare.number("clip_score_2p5_clamped_each", ClipScore.hessel(images, texts), CLOSE, 0);
  }
}
