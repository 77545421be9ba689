package io.hybnext.model.encoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Trains the network behind FID and KID to tell an image's labels (findings, view, source) and what
 * was done to it ({@link Alteration}); its feature is what the last hidden layer sees, whitened,
 * because the raw one hardly looks beyond what tells the sources apart.
 */
public final class LabelTraining {
  private LabelTraining() {}

  /**
   * One line of progress.
   *
   * @param step updates done
   * @param loss mean binary cross-entropy of a label, nats
   */
  public record Progress(int step, double loss) {}

  /**
   * Trains and writes the encoder.
   *
   * @param images training images, S * S unsigned bytes each
   * @param labels of each image, 0 or 1, the same length for all
   * @param folder where {@link ConvEncoder#load} finds it
   * @param listener hears of every 20th step and the last
   */
  public static void run(
      TorchEngine engine,
      EncoderConfig config,
      List<byte[]> images,
      List<float[]> labels,
      EncoderTrainingConfig settings,
      Path folder,
      Consumer<Progress> listener)
      throws IOException {
    int classes = labels.get(0).length + Alteration.values().length;
    try (EncoderTrainer trainer = new EncoderTrainer(engine, config, List.of(classes), settings)) {
      trainer.run(images, step -> step(trainer, images, labels, step), listener, folder);
    }
  }

  private static Progress step(
      EncoderTrainer trainer, List<byte[]> images, List<float[]> labels, int step) {
    try (Scope work = trainer.scope().open("step");
        Autograd.Recording on = Autograd.record()) {
      int[] chosen = trainer.batch(step, images.size());
      int batch = chosen.length;
      Alteration[] alterations = new Alteration[batch];
      List<byte[]> altered = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        long key = trainer.alterationKey(step, i);
        alterations[i] = Alteration.draw(key);
        byte[] other = images.get(chosen[(i + 1) % batch]);
        altered.add(alterations[i].apply(images.get(chosen[i]), other, trainer.side(), key));
      }
      Array pixels = trainer.pixels(work, altered, IntStream.range(0, batch).toArray());
      Array views = trainer.view(work, pixels, step, 0, Jitter.MILD);
      Array features = trainer.kernels().call(work, "features", views, trainer.flat());
      Array logits = trainer.kernels().call(work, "head", features, trainer.flat());
      Array loss =
          trainer
              .kernels()
              .call(work, "label_loss", logits, targets(work, labels, chosen, alterations));
      trainer.update(work, loss, step);
      return new Progress(step + 1, loss.item());
    }
  }

  /** (B, labels + alterations), 0 or 1. */
  private static Array targets(
      Scope work, List<float[]> labels, int[] chosen, Alteration[] alterations) {
    int given = labels.get(0).length;
    int classes = given + Alteration.values().length;
    float[] values = new float[chosen.length * classes];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(labels.get(chosen[i]), 0, values, i * classes, given);
      values[i * classes + given + alterations[i].ordinal()] = 1;
    }
    return work.floats(values, chosen.length, classes);
  }
}
