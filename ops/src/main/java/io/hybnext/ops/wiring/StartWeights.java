package io.hybnext.ops.wiring;

import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ImageHead;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Initial weights of a run: random ones, then those of the checkpoint that it starts from. */
final class StartWeights {
  private StartWeights() {}

  /**
   * Fills a training. A projector that the checkpoint lacks stays random.
   *
   * @throws UncheckedIOException with a sentence when the checkpoint is damaged or does not fit
   */
  static void fill(ArraTraining training) {
    training.initialise();
    training
        .config()
        .start()
        .ifPresent(
            start -> {
              try {
                read(training.network(), start);
              } catch (IOException damaged) {
                throw new UncheckedIOException(damaged.getMessage(), damaged);
              }
              if (start.zeroImageHead()) {
                ImageHead.zero(training.network(), (ChameleonConfig) training.config().network());
              }
            });
  }

  /** Fills what checkpoints do not hold: the frozen network under adapters. */
  static void fillBase(ArraTraining training) {
    if (training.config().tuning().lora().isPresent()) {
      fill(training);
    }
  }

  private static void read(ModelWeights weights, TrainingConfig.Start start) throws IOException {
    try (SafetensorsFile file =
        SafetensorsFile.open(start.folder().resolve(CheckpointFiles.MODEL))) {
      Map<String, long[]> expected = new LinkedHashMap<>();
      for (Parameter p : weights.parameters()) {
        boolean projector = CheckpointFiles.isProjector(weights.layout(), p.name());
        if (!projector || file.contains(p.name())) {
          expected.put(p.name(), p.shape().stream().mapToLong(Integer::longValue).toArray());
        }
      }
      WeightLoader.check(file, expected, Set.of());
      for (String name : expected.keySet()) {
        weights.set(name, file.floats(name));
      }
    }
  }
}
