package io.hybnext.ops.plan;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.ModelSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.encoder.VisionEncoder;
import io.hybnext.model.tokenizer.VisualTokenizer;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.wiring.Tokenizers;
import io.hybnext.ops.wiring.TrainingConfigs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The training that settings describe, also where tokenizer, encoder and checkpoint are not on this
 * machine: those of the published recipes then are known by name.
 */
public final class PlannedTraining {
  /** Codebook entries, then pixels a side of a code. Sources: arra.md 4.5, 11; kelix.md 2. */
  private static final Map<String, int[]> TOKENIZERS =
      Map.of(
          "vq-16", new int[] {16384, 16},
          "vq-8", new int[] {16384, 8},
          "chameleon-vq", new int[] {8192, 16},
          "kelix-tok", new int[] {8192, 28});

  /** Width of the feature. Source: arra.md 6. */
  private static final Map<String, Integer> ENCODERS =
      Map.of("biomedclip", 512, "clip-l", 768, "medsam", 256);

  /** Longest sequence of the published networks. Source: arra.md 4.4. */
  private static final int CHAMELEON_POSITIONS = 4096;

  private PlannedTraining() {}

  /**
   * What the trainers would be given.
   *
   * @throws SettingsException when a network is neither on this machine nor known by name
   */
  public static TrainingConfig of(HybnextSettings settings) throws IOException {
    int[] codes = tokenizer(settings);
    int feature = encoder(settings);
    ModelSettings model = settings.model();
    if (model.start().isEmpty() || Files.isDirectory(Path.of(model.start()))) {
      return TrainingConfigs.of(settings, codes[0], codes[1], feature);
    }
    HybnextSettings unstarted =
        settings.with(Map.of("model.start", "", "model.zero-image-head", "false"));
    TrainingConfig config = TrainingConfigs.of(unstarted, codes[0], codes[1], feature);
    return model.network() == ModelSettings.Network.CHAMELEON
        ? config.withNetwork(published(model, (int) Math.round(Math.sqrt(codes[1]))))
        : config;
  }

  /** A published Chameleon's vocabulary and limit with the settings' sizes. */
  private static ChameleonConfig published(ModelSettings model, int side) {
    return ChameleonConfig.small(
            ChameleonVocabulary.published(),
            model.width(),
            model.feedForwardWidth(),
            model.depth(),
            model.heads(),
            CHAMELEON_POSITIONS)
        .withDropout(model.dropout())
        .withPromptDropout(model.conditionDropout())
        .withImageSide(side);
  }

  private static int[] tokenizer(HybnextSettings settings) throws IOException {
    String name = settings.data().tokenizer();
    if (here(name)) {
      Path folder = Home.current().resolve("data.tokenizer", name);
      try (VisualTokenizer open = Tokenizers.load(engine(), folder)) {
        return new int[] {open.codes().codebookSize(), open.codes().tokensPerImage()};
      }
    }
    int[] known = TOKENIZERS.get(last(name));
    if (known == null) {
      throw unknown("data.tokenizer", name, TOKENIZERS.keySet().toString());
    }
    int side = settings.data().imageSize() / known[1];
    return new int[] {known[0], side * side * settings.model().codes()};
  }

  private static int encoder(HybnextSettings settings) throws IOException {
    String name = settings.data().encoder();
    if (here(name)) {
      Path folder = Home.current().resolve("data.encoder", name);
      try (VisionEncoder open = VisionEncoder.open(engine(), folder)) {
        return open.featureDim();
      }
    }
    Integer known = ENCODERS.get(last(name));
    if (known == null) {
      throw unknown("data.encoder", name, ENCODERS.keySet().toString());
    }
    return known;
  }

  private static boolean here(String name) {
    return name.startsWith("bundled:") || Files.exists(Path.of(name));
  }

  private static String last(String name) {
    return String.valueOf(Path.of(name).getFileName());
  }

  private static TorchEngine engine() {
    return TorchEngine.start(ComputeDevice.CPU, 1);
  }

  private static SettingsException unknown(String key, String name, String known) {
    return new SettingsException(
        key,
        key
            + " = "
            + name
            + ": want a folder on this machine, or a published network's name for its sizes: "
            + known);
  }
}
