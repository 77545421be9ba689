package io.hybnext.ops.wiring;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.kelix.KelixTokenizer;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.model.tokenizer.VqTokenizer;
import java.io.IOException;
import java.nio.file.Path;

/** Opens tokenizers of every kind. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Opens the tokenizer of a folder, whatever its {@code config.json} says it is. The caller closes
   * it.
   *
   * @throws IOException when a file is missing, damaged, or does not fit the other
   * @throws IllegalArgumentException for impossible settings, naming file, key, value and rule
   */
  public static VisualTokenizer load(TorchEngine engine, Path folder) throws IOException {
    return kelix(new NetworkFolder(folder).config())
        ? KelixTokenizer.load(engine, folder)
        : VqTokenizer.load(engine, folder);
  }

  private static boolean kelix(Path settings) throws IOException {
    String model = SettingsFile.read(settings).path("model_class").asText();
    return model.equals(KelixTokConfig.MODEL_CLASS);
  }
}
