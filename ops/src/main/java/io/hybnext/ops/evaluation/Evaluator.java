package io.hybnext.ops.evaluation;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.metrics.FrechetDistance;
import io.hybnext.model.metrics.GaussianClassifier;
import io.hybnext.model.metrics.ImageSimilarity;
import io.hybnext.model.metrics.InceptionScore;
import io.hybnext.model.metrics.KernelDistance;
import io.hybnext.model.metrics.NeighbourhoodMetrics;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.streams.image.ImageFit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures checkpoints: NLL on held-out samples; KID and FID between pictures drawn of held-out
 * captions and the real images of these captions, in the features of a network that took no part in
 * training. Used by one thread at a time.
 */
public final class Evaluator implements AutoCloseable {
  private static final int PASS = 32;
  private static final int SUBSETS = 20;
  private static final int NEIGHBOURS = 3;
  private static final int LEAST_MULTI_SCALE = 176; // pixels, for five scales

  private final VisionEncoder features;
  private final Painter painter;
  private final HeldOutSet heldOut;
  private final long seed;
  private final double[][] originals;
  private final double[][] real;

  /**
   * Opens the network of features and reads the real images with it, as they are and as the
   * tokenizer gives them back.
   *
   * @param evaluator folder of the network
   * @param painter draws; stays the caller's
   * @param seed of the subsets of KID
   * @throws IOException when the network is damaged
   */
  public Evaluator(
      TorchEngine engine, Path evaluator, Painter painter, HeldOutSet heldOut, long seed)
      throws IOException {
    this(engine, evaluator, painter, heldOut, painter.reconstruct(heldOut.pixels()), seed);
  }

  /**
   * The same where the tokenizer has been through the real images already.
   *
   * @param reconstructed the held-out images as the tokenizer gives them back
   * @param seed of the subsets of KID
   * @throws IOException when the network is damaged
   */
  public Evaluator(
      TorchEngine engine,
      Path evaluator,
      Painter painter,
      HeldOutSet heldOut,
      List<byte[]> reconstructed,
      long seed)
      throws IOException {
    this.features = VisionEncoder.open(engine, evaluator);
    this.painter = painter;
    this.heldOut = heldOut;
    this.seed = seed;
    this.originals = features(heldOut.pixels());
    this.real = features(reconstructed);
  }

  private double[][] features(List<byte[]> pictures) {
    ImageFit fit = new ImageFit(features.framing(), features.channels());
    return features.encode(painter.images(pictures).stream().map(fit::apply).toList(), PASS);
  }

  /** Draws one picture a held-out caption, as {@link #evaluate} measures them. */
  public List<byte[]> draw(CheckpointModel model) {
    return painter.draw(model, heldOut.captions(), 0);
  }

  /**
   * Measures a checkpoint.
   *
   * @param step shown with the figures
   */
  public ReportData.Evaluation evaluate(CheckpointModel model, long step) {
    return evaluate(model, step, draw(model));
  }

  /**
   * Measures a checkpoint on pictures that were drawn before.
   *
   * @param step shown with the figures
   * @param pictures what {@link #draw} gave
   */
  public ReportData.Evaluation evaluate(CheckpointModel model, long step, List<byte[]> pictures) {
    CheckpointModel.Losses losses = model.measure(heldOut.samples(), PASS);
    double[][] drawn = features(pictures);
    int subset = Math.max(2, real.length / 2);
    KernelDistance.Subsets subsets = KernelDistance.overSubsets(real, drawn, SUBSETS, subset, seed);
    return new ReportData.Evaluation(
        step,
        losses.nll(),
        losses.gva(),
        KernelDistance.between(real, drawn),
        subsets.populationDeviation(),
        FrechetDistance.between(real, drawn),
        KernelDistance.between(originals, drawn),
        drawn.length);
  }

  /**
   * What {@link #evaluate} leaves out: precision, recall, density and coverage (3 neighbours), the
   * score of Inception's form over the captions as classes, and SSIM and MS-SSIM of each picture
   * with the real image of its caption. Figures that so few or so small images do not allow are
   * left out.
   *
   * @param pictures what {@link #draw} gave
   */
  public Map<String, Object> further(List<byte[]> pictures) {
    double[][] drawn = features(pictures);
    Map<String, Object> figures = new LinkedHashMap<>();
    if (Math.min(real.length, drawn.length) > NEIGHBOURS) {
      NeighbourhoodMetrics balls = NeighbourhoodMetrics.of(real, drawn, NEIGHBOURS);
      figures.put("precision", balls.precision());
      figures.put("recall", balls.recall());
      figures.put("density", balls.density());
      figures.put("coverage", balls.coverage());
    }
    List<String> captions = heldOut.captions();
    long distinct = captions.stream().distinct().count();
    if (distinct > 1 && distinct < captions.size()) {
      GaussianClassifier classifier = GaussianClassifier.of(originals, captions);
      InceptionScore score = InceptionScore.of(classifier.probabilities(drawn), 1);
      figures.put("caption_inception_score", score.mean());
      InceptionScore reached = InceptionScore.of(classifier.probabilities(originals), 1);
      figures.put("caption_inception_score_of_originals", reached.mean());
    }
    similarity(pictures, figures);
    return figures;
  }

  private void similarity(List<byte[]> pictures, Map<String, Object> figures) {
    List<Image> images = painter.images(pictures);
    int side = images.get(0).width();
    double single = 0;
    double multiple = 0;
    for (int i = 0; i < images.size(); i++) {
      byte[] drawn = images.get(i).pixels();
      byte[] original = heldOut.images().get(i).image().pixels();
      int channels = images.get(i).channels();
      single += ImageSimilarity.ssim(original, drawn, side, side, channels);
      multiple +=
          side < LEAST_MULTI_SCALE
              ? 0
              : ImageSimilarity.multiScaleSsim(original, drawn, side, side, channels);
    }
    figures.put("ssim", single / images.size());
    if (side >= LEAST_MULTI_SCALE) {
      figures.put("ms_ssim", multiple / images.size());
    }
  }

  @Override
  public void close() {
    features.close();
  }
}
