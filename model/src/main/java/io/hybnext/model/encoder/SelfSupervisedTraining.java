package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Trains the alignment teacher without labels: of all views of a batch's images, it has to find the
 * other one of the same image (SimCLR; Chen et al., 2020). At the end the feature is whitened on
 * the training images, folded into the last layer, so that its many small differences between
 * images count beside the few large ones that a caption tells.
 */
public final class SelfSupervisedTraining {
  private static final List<Integer> EXPANDER = List.of(256, 128);

  private SelfSupervisedTraining() {}

  /**
   * One line of progress.
   *
   * @param step updates done
   * @param loss cross-entropy of finding the other view, nats
   * @param found share of views whose other view was found among those of the batch
   */
  public record Progress(int step, double loss, double found) {}

  /**
   * Trains and writes the encoder.
   *
   * @param images training images, S * S unsigned bytes each
   * @param folder where {@link ConvEncoder#load} finds it
   * @param listener hears of every 20th step and the last
   */
  public static void run(
      TorchEngine engine,
      EncoderConfig config,
      List<byte[]> images,
      EncoderTrainingConfig settings,
      Path folder,
      Consumer<Progress> listener)
      throws IOException {
    try (EncoderTrainer trainer = new EncoderTrainer(engine, config, EXPANDER, settings)) {
      trainer.run(images, step -> step(trainer, images, step), listener, folder);
    }
  }

  private static Progress step(EncoderTrainer trainer, List<byte[]> images, int step) {
    try (Scope work = trainer.scope().open("step");
        Autograd.Recording on = Autograd.record()) {
      Array pixels = trainer.pixels(work, images, trainer.batch(step, images.size()));
      Array first = trainer.view(work, pixels, step, 0, Jitter.STRONG);
      Array second = trainer.view(work, pixels, step, 1, Jitter.STRONG);
      Array views = trainer.kernels().call(work, "stacked", List.of(first, second));
      Array features = trainer.kernels().call(work, "features", views, trainer.flat());
      Array embedding = trainer.kernels().call(work, "head", features, trainer.flat());
      List<Array> terms = trainer.kernels().callMany(work, "contrast", embedding);
      trainer.update(work, terms.get(0), step);
      return new Progress(step + 1, terms.get(0).item(), terms.get(1).item());
    }
  }
}
