package io.hybnext.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.tower.Preprocessing;
import io.hybnext.model.tower.SamConfig;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.tower.SamTower;
import io.hybnext.model.tower.TowerJson;
import io.hybnext.model.tower.VitConfig;
import io.hybnext.model.tower.VitKeys;
import io.hybnext.model.tower.VitTower;
import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A folder that holds an encoder, in our own form or as open_clip, transformers or segment-anything
 * release it; {@code hybnext.json} beside it may choose another feature ({@link FeatureSettings}).
 */
public final class EncoderFolder {
  private static final String FORMAT = "hybnext-encoder-1";

  private final TorchEngine engine;
  private final Path folder;
  private final EncoderLayout layout;

  private EncoderFolder(TorchEngine engine, Path folder, EncoderLayout layout) {
    this.engine = engine;
    this.folder = folder;
    this.layout = layout;
  }

  /** Opens the encoder; see {@link VisionEncoder#open}. */
  static VisionEncoder open(TorchEngine engine, Path folder) throws IOException {
    EncoderFolder one = new EncoderFolder(engine, folder, EncoderLayout.of(folder));
    try {
      return one.open();
    } catch (IllegalArgumentException wrong) {
      throw new IOException("encoder " + folder + ": " + wrong.getMessage(), wrong);
    }
  }

  /**
   * Opens the weights of a folder without loading them. The caller closes them.
   *
   * @throws IOException with a sentence when it holds no encoder or the file is damaged
   */
  public static Checkpoint openWeights(Path folder) throws IOException {
    return EncoderLayout.of(folder).weights(folder);
  }

  private VisionEncoder open() throws IOException {
    return switch (layout) {
      case CONVOLUTIONAL -> ConvEncoder.load(engine, folder);
      case OPEN_CLIP -> openClip();
      case BIOMEDCLIP_PORT -> {
        JsonNode json = config();
        yield transformer(TowerJson.biomedClipPort(json.path("vision_config"), dim(json, 512)));
      }
      case CLIP -> {
        JsonNode json = config();
        yield transformer(TowerJson.clip(part(json), dim(json, 512)));
      }
      case SAM, SAM_ORIGINAL -> sam();
    };
  }

  private JsonNode config() throws IOException {
    return SettingsFile.read(folder.resolve(EncoderLayout.CONFIG));
  }

  /** The vision part of a whole model's configuration, or the configuration of one alone. */
  private static JsonNode part(JsonNode json) {
    return json.has("vision_config") ? json.path("vision_config") : json;
  }

  private static int dim(JsonNode json, int otherwise) {
    return json.path("projection_dim").asInt(otherwise);
  }

  private VisionEncoder openClip() throws IOException {
    Path file = folder.resolve(EncoderLayout.OPEN_CLIP_CONFIG);
    JsonNode json = SettingsFile.read(file);
    VitConfig config = TowerJson.openClip(json);
    Preprocessing preprocessing =
        PreprocessorFile.openClip(file, json, Preprocessing.openClip(config.imageSize()));
    return vit(config, VitKeys.OPEN_CLIP, preprocessing);
  }

  private VisionEncoder transformer(VitConfig config) throws IOException {
    Preprocessing preprocessing =
        PreprocessorFile.transformers(folder, Preprocessing.clip(config.imageSize()));
    return vit(config, VitKeys.TRANSFORMERS, preprocessing);
  }

  private VisionEncoder vit(VitConfig config, VitKeys keys, Preprocessing preprocessing)
      throws IOException {
    FeatureSettings feature = FeatureSettings.read(folder);
    try (Checkpoint weights = layout.weights(folder)) {
      String settings = String.join("\n", FORMAT, preprocessing.toString(), feature.toString());
      String fingerprint = keys.fingerprint(config, weights, settings);
      VitTower tower = VitTower.load(engine, config, keys, weights, Precision.FP32);
      return TowerEncoder.of(engine, tower, preprocessing, feature, fingerprint);
    }
  }

  private VisionEncoder sam() throws IOException {
    boolean original = layout == EncoderLayout.SAM_ORIGINAL;
    SamKeys keys = original ? SamKeys.ORIGINAL : SamKeys.TRANSFORMERS;
    FeatureSettings feature = FeatureSettings.read(folder);
    if (!feature.equals(FeatureSettings.DEFAULT)) {
      throw new IllegalArgumentException(
          "hybnext.json: a SAM encoder has one feature, the mean over its grid; remove the file");
    }
    try (Checkpoint weights = layout.weights(folder)) {
      SamConfig config = original ? keys.configOf(weights) : TowerJson.sam(part(config()));
      Preprocessing preprocessing =
          PreprocessorFile.transformers(folder, Preprocessing.sam(config.imageSize()));
      String settings = FORMAT + "\n" + preprocessing;
      String fingerprint = keys.fingerprint(config, weights, settings);
      SamTower tower = SamTower.load(engine, config, keys, weights, Precision.FP32);
      return TowerEncoder.of(engine, tower, preprocessing, fingerprint);
    }
  }
}
