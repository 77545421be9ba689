package io.hybnext.ops.wiring;

import io.hybnext.file.Sha256;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.weights.SafetensorsException;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The frozen network under adapters, named by its content: checkpoints hold adapters alone, and fit
 * no other network than the one that they were trained on.
 *
 * @param name {@code sha256:} and the hash of the file that it came from, or the seed of a random
 *     one
 */
record AdapterBase(String name) {
  private static final String METADATA = "base";

  /** The network under a training's adapters; empty without adapters. Reads the whole file. */
  static Optional<AdapterBase> of(TrainingConfig config) throws IOException {
    if (config.tuning().lora().isEmpty()) {
      return Optional.empty();
    }
    if (config.start().isEmpty()) {
      return Optional.of(new AdapterBase("initial weights of seed " + config.seed()));
    }
    TrainingConfig.Start start = config.start().get();
    String hash = new Sha256().add(start.folder().resolve(CheckpointFiles.MODEL)).hex();
    String zeroed = start.zeroImageHead() ? " with the image head zeroed" : "";
    return Optional.of(new AdapterBase("sha256:" + hash + zeroed));
  }

  /** Key under which a file of adapters names its base. */
  static String key() {
    return METADATA;
  }

  /**
   * Checks that adapters were trained on this network; files that name none are taken.
   *
   * @throws SafetensorsException naming both when they were trained on another one
   */
  void check(Path adapters) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(adapters)) {
      String trainedOn = file.metadata().getOrDefault(METADATA, name);
      if (!trainedOn.equals(name)) {
        throw new SafetensorsException(
            adapters
                + " holds adapters of another network ("
                + trainedOn
                + ", model.start is "
                + name
                + "): name the network of then with model.start");
      }
    }
  }
}
