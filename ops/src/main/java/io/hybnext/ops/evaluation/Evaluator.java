package io.hybnext.ops.evaluation;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.metrics.FrechetDistance;
import io.hybnext.model.metrics.KernelDistance;
import io.hybnext.ops.intake.HeldOutImages.HeldOut;
import io.hybnext.ops.report.ReportData;
import io.hybnext.ops.wiring.CheckpointModel;
import io.hybnext.streams.image.ImageFit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Measures checkpoints: NLL on held-out samples; KID and FID between pictures drawn of held-out
 * captions and the real images of these captions, in the features of a network that took no part in
 * training. Used by one thread at a time.
 */
public final class Evaluator implements AutoCloseable {
  private static final int PASS = 32;
  private static final int SUBSETS = 20;

  private final VisionEncoder features;
  private final Painter painter;
  private final HeldOutSet heldOut;
  private final long seed;
  private final double[][] originals;
  private final double[][] real;

  /**
   * Opens the network of features and reads the real images with it.
   *
   * @param evaluator folder of the network
   * @param painter draws; stays the caller's
   * @param seed of the subsets of KID
   * @throws IOException when the network is damaged
   */
  public Evaluator(
      TorchEngine engine, Path evaluator, Painter painter, HeldOutSet heldOut, long seed)
      throws IOException {
    this.features = VisionEncoder.open(engine, evaluator);
    this.painter = painter;
    this.heldOut = heldOut;
    this.seed = seed;
    List<byte[]> images = pixels(heldOut.images());
    this.originals = features(images);
    this.real = features(painter.reconstruct(images));
  }

  private static List<byte[]> pixels(List<HeldOut> images) {
    return images.stream().map(one -> one.image().pixels()).toList();
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

  @Override
  public void close() {
    features.close();
  }
}
