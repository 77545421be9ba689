package io.hybnext.ops.wiring;

import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ImageHead;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.decoder.WorkingWeights;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
    Optional<TrainingConfig.Start> start = training.config().start();
    if (start.isEmpty()) {
      training.initialise();
      return;
    }
    training.initialiseTrained();
    try {
      read(training, start.get());
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged.getMessage(), damaged);
    }
    if (start.get().zeroImageHead()) {
      ImageHead.zero(training.network(), (ChameleonConfig) training.config().network());
    }
  }

  /** Fills what checkpoints do not hold: the frozen network under adapters. */
  static void fillBase(ArraTraining training) {
    if (training.config().tuning().lora().isPresent()) {
      fill(training);
    }
  }

  private static void read(ArraTraining training, TrainingConfig.Start start) throws IOException {
    ParameterLayout layout = ArraTraining.layout(training.config());
    try (SafetensorsFile file =
        SafetensorsFile.open(start.folder().resolve(CheckpointFiles.MODEL))) {
      Map<String, long[]> expected = new LinkedHashMap<>();
      for (Parameter p : training.network().parameters()) {
        boolean projector = CheckpointFiles.isProjector(layout, p.name());
        if (!projector || file.contains(p.name())) {
          expected.put(p.name(), p.shape().stream().mapToLong(Integer::longValue).toArray());
        }
      }
      WeightLoader.check(file, expected, Set.of());
      for (String name : expected.keySet()) {
        boolean projector = CheckpointFiles.isProjector(layout, name);
        WorkingWeights weights = projector ? training.weights() : training.network();
        weights.set(name, file.floats(name));
      }
    }
  }
}
