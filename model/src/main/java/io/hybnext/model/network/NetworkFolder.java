package io.hybnext.model.network;

import io.hybnext.file.Sha256;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A trained network on disk: a folder with its settings, {@code config.json}, and its weights,
 * {@code model.safetensors}.
 *
 * @param path of the folder
 */
public record NetworkFolder(Path path) {
  private static final String CONFIG_FILE = "config.json";
  private static final String WEIGHTS_FILE = "model.safetensors";

  /** The settings file. */
  public Path config() {
    return path.resolve(CONFIG_FILE);
  }

  /** The weights file. */
  public Path weights() {
    return path.resolve(WEIGHTS_FILE);
  }

  /**
   * Opens the weights. The caller closes them.
   *
   * @throws IOException when the file is missing or damaged
   */
  public SafetensorsFile openWeights() throws IOException {
    return SafetensorsFile.open(weights());
  }

  /**
   * What tells this network from others: equal for equal settings and weights only.
   *
   * @param settings in a form of which there is one for the same settings
   * @return SHA-256 of settings and weights, 64 hex digits
   */
  public String fingerprint(byte[] settings) throws IOException {
    return new Sha256().add(settings).add(weights()).hex();
  }

  /**
   * Writes both files, each whole or as before; makes the folder when missing.
   *
   * @param settings content of {@code config.json}
   */
  public void write(byte[] settings, SafetensorsWriter weights) throws IOException {
    Files.createDirectories(path);
    weights.write(weights());
    Files.write(config(), settings);
  }
}
