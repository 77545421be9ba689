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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

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
    read(training, start.get(), name -> true);
    if (start.get().zeroImageHead()) {
      ImageHead.zero(training.network(), (ChameleonConfig) training.config().network());
    }
  }

  /**
   * Fills only what no step changes, of a training without adapters: all that a trainer needs that
   * gets the rest from others.
   *
   * @throws UncheckedIOException as {@link #fill}
   */
  static void fillFrozen(ArraTraining training) {
    training.initialiseFrozen();
    Set<String> frozen = new HashSet<>();
    training.layout().frozen().forEach(parameter -> frozen.add(parameter.name()));
    training.config().start().ifPresent(start -> read(training, start, frozen::contains));
  }

  /** Fills what checkpoints do not hold: the frozen network under adapters. */
  static void fillBase(ArraTraining training) {
    if (training.config().tuning().lora().isPresent()) {
      fill(training);
    }
  }

  private static void read(
      ArraTraining training, TrainingConfig.Start start, Predicate<String> wanted) {
    try {
      readWanted(training, start, wanted);
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged.getMessage(), damaged);
    }
  }

  private static void readWanted(
      ArraTraining training, TrainingConfig.Start start, Predicate<String> wanted)
      throws IOException {
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
      for (String name : expected.keySet().stream().filter(wanted).toList()) {
        boolean projector = CheckpointFiles.isProjector(layout, name);
        WorkingWeights weights = projector ? training.weights() : training.network();
        weights.set(name, file.floats(name));
      }
    }
  }
}
