package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.CoreKernels;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.FlatLayout.Parameter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains the alignment teacher without labels: two views of an image shall have the same embedding,
 * whose components shall vary and not repeat each other (VICReg; Bardes, Ponce and LeCun, 2022). At
 * the end the feature is whitened on the training images, folded into the last layer, so that its
 * many small differences between images count beside the few large ones that a caption tells.
 */
public final class SelfSupervisedTraining {
  private static final List<Integer> EXPANDER = List.of(256, 256);
  private static final float WHITENING_FLOOR = 0.05f;
  private static final int ENCODE_BATCH = 64;

  private SelfSupervisedTraining() {}

  /**
   * One line of progress.
   *
   * @param step updates done
   * @param loss weighted sum
   * @param invariance mean squared distance of two views' embeddings
   * @param variance mean shortfall of the components' deviation below 1
   * @param covariance mean square of the components' covariance
   */
  public record Progress(
      int step, double loss, double invariance, double variance, double covariance) {}

  /** Receives progress every 20 steps. */
  @FunctionalInterface
  public interface Listener {
    /** Takes one line. */
    void onProgress(Progress progress);
  }

  /**
   * Trains and writes the encoder.
   *
   * @param images training images, S * S unsigned bytes each
   * @param folder where {@link VisionEncoder#load} finds it
   */
  public static void run(
      TorchEngine engine,
      EncoderConfig config,
      List<byte[]> images,
      long seed,
      int steps,
      int batch,
      double learningRate,
      Path folder,
      Listener listener)
      throws IOException {
    EncoderTrainer.Recipe recipe = new EncoderTrainer.Recipe(seed, steps, batch, learningRate);
    try (EncoderTrainer trainer = new EncoderTrainer(engine, config, EXPANDER, recipe)) {
      for (int step = 0; step < steps; step++) {
        Progress progress = step(trainer, images, batch, step);
        if (step % 20 == 0 || step == steps - 1) {
          listener.onProgress(progress);
        }
      }
      whiten(trainer, images);
      VisionEncoder.save(folder, config, trainer.average());
    }
  }

  private static Progress step(EncoderTrainer trainer, List<byte[]> images, int batch, int step) {
    try (Scope work = trainer.scope().open("step");
        Autograd.Recording on = Autograd.record()) {
      Array pixels = trainer.pixels(work, images, trainer.batch(step, batch, images.size()));
      Array first = trainer.view(work, pixels, step, 0, Jitter.STRONG);
      Array second = trainer.view(work, pixels, step, 1, Jitter.STRONG);
      Array views = trainer.kernels().call(work, "stacked", List.of(first, second));
      Array features = trainer.kernels().call(work, "features", views, trainer.flat());
      Array embedding = trainer.kernels().call(work, "head", features, trainer.flat());
      List<Array> terms = trainer.kernels().callMany(work, "vicreg", embedding);
      trainer.update(work, terms.get(0), step);
      return new Progress(
          step + 1,
          terms.get(0).item(),
          terms.get(1).item(),
          terms.get(2).item(),
          terms.get(3).item());
    }
  }

  private static void whiten(EncoderTrainer trainer, List<byte[]> images) {
    try (Scope work = trainer.scope().open("whiten")) {
      Array features = features(trainer, work, images);
      List<Array> axes =
          trainer.kernels().callMany(work, "whitening", features, work.scalar(WHITENING_FLOOR));
      CoreKernels core = CoreKernels.of(work.engine());
      Parameter w = trainer.layout().get("feature.weight");
      Parameter b = trainer.layout().get("feature.bias");
      Array weight = core.slice(work, trainer.average(), w.offset(), w.length());
      Array bias = core.slice(work, trainer.average(), b.offset(), b.length());
      Array matrix = trainer.kernels().call(work, "as_matrix", weight, bias);
      List<Array> folded =
          trainer.kernels().callMany(work, "fold", matrix, bias, axes.get(0), axes.get(1));
      core.copy(weight, folded.get(0));
      core.copy(bias, folded.get(1));
    }
  }

  private static Array features(EncoderTrainer trainer, Scope work, List<byte[]> images) {
    List<Array> parts = new ArrayList<>();
    for (int from = 0; from < images.size(); from += ENCODE_BATCH) {
      int[] chosen =
          java.util.stream.IntStream.range(from, Math.min(images.size(), from + ENCODE_BATCH))
              .toArray();
      try (Scope pass = work.open("pass")) {
        Array scaled = trainer.kernels().call(pass, "scaled", trainer.pixels(pass, images, chosen));
        parts.add(trainer.kernels().call(work, "features", scaled, trainer.average()));
      }
    }
    return trainer.kernels().call(work, "stacked", parts);
  }
}
