package io.hybnext.ops.wiring;

import io.hybnext.config.ModelSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonJson;
import io.hybnext.model.network.SettingsFile;
import java.io.IOException;
import java.nio.file.Path;

/** The configuration of a Chameleon that training starts from. */
final class StartedChameleon {
  private static final String KEY = "model.start";

  private StartedChameleon() {}

  /**
   * Reads the folder's {@code config.json}: sizes, vocabulary; image codes may be predicted.
   *
   * @throws SettingsException when it is missing, of another kind, or does not fit the settings
   */
  static ChameleonConfig config(ModelSettings model, Path folder, int codebookSize) {
    ChameleonConfig config = read(folder);
    same("model.depth", model.depth(), config.numHiddenLayers());
    same("model.width", model.width(), config.hiddenSize());
    same("model.heads", model.heads(), config.numAttentionHeads());
    if (config.vocabulary().codes() != codebookSize) {
      throw new SettingsException(
          "data.tokenizer",
          String.format(
              "data.tokenizer has %d codes, the vocabulary of model.start has %d: want the"
                  + " checkpoint's own image tokenizer",
              codebookSize, config.vocabulary().codes()));
    }
    return config.withMaskedImageLogits(false).withVocabulary(config.vocabulary().withText(folder));
  }

  private static ChameleonConfig read(Path folder) {
    Path file = folder.resolve("config.json");
    try {
      return ChameleonJson.read(SettingsFile.read(file));
    } catch (IOException | IllegalArgumentException wrong) {
      throw new SettingsException(
          KEY,
          KEY
              + " = "
              + folder
              + ": "
              + file.getFileName()
              + " is missing or is no Chameleon's ("
              + wrong.getMessage()
              + "); want a folder made by `hybnext import`");
    }
  }

  private static void same(String key, int set, int found) {
    if (set != found) {
      throw new SettingsException(
          key, key + " = " + set + ": the checkpoint of model.start has " + found);
    }
  }
}
