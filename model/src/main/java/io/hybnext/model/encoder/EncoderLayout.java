package io.hybnext.model.encoder;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.network.SettingsFile;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The forms in which a folder can hold an encoder, and how each is recognised. */
enum EncoderLayout {
  /** Ours: {@code config.json} with {@code kind}, {@code model.safetensors}. */
  CONVOLUTIONAL,
  /** open_clip's BioMedCLIP: {@code open_clip_config.json}. */
  OPEN_CLIP,
  /** The BioMedCLIP port to transformers: CLIP with a BERT beside it. */
  BIOMEDCLIP_PORT,
  /** CLIP of transformers. */
  CLIP,
  /** SAM of transformers. */
  SAM,
  /**
   * segment-anything's and MedSAM's own keys: one file without configuration, or an imported folder
   * whose {@code config.json} says so.
   */
  SAM_ORIGINAL;

  static final String OPEN_CLIP_CONFIG = "open_clip_config.json";
  static final String CONFIG = "config.json";
  private static final List<String> OPEN_CLIP_WEIGHTS =
      List.of("open_clip_model.safetensors", "open_clip_pytorch_model.bin");
  private static final List<String> TORCH_ENDINGS = List.of(".pth", ".pt");

  /**
   * Recognises a folder.
   *
   * @throws IOException with a sentence when it is of none of these forms
   */
  static EncoderLayout of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NotDirectoryException(folder + " is no folder; give the folder of an encoder");
    }
    if (Files.exists(folder.resolve(OPEN_CLIP_CONFIG))) {
      return OPEN_CLIP;
    }
    if (!Files.exists(folder.resolve(CONFIG))) {
      if (torchFiles(folder).size() == 1) {
        return SAM_ORIGINAL;
      }
      throw new IOException(
          folder
              + " holds no encoder: want config.json with its weights, open_clip_config.json with"
              + " its weights, or one .pth file of segment-anything");
    }
    return ofConfig(folder.resolve(CONFIG));
  }

  private static EncoderLayout ofConfig(Path file) throws IOException {
    JsonNode config = SettingsFile.read(file);
    if (config.has("kind")) {
      return CONVOLUTIONAL;
    }
    String type = config.path("model_type").asText();
    boolean port =
        config.path("architectures").toString().contains("BiomedCLIP")
            || config.at("/text_config/model_type").asText().equals("bert");
    return switch (type) {
      case "clip" -> port ? BIOMEDCLIP_PORT : CLIP;
      case "clip_vision_model" -> CLIP;
      case "sam", "sam_vision_model" -> SamKeys.of(config) == SamKeys.ORIGINAL ? SAM_ORIGINAL : SAM;
      default ->
          throw new IOException(
              file
                  + ": model_type = '"
                  + type
                  + "': want clip, clip_vision_model, sam or sam_vision_model, or an encoder of our"
                  + " own, which has a kind");
    };
  }

  /**
   * Opens the weights of a folder of this form. The caller closes them.
   *
   * @throws IOException with a sentence when they are missing or damaged
   */
  Checkpoint weights(Path folder) throws IOException {
    if (this == SAM_ORIGINAL && !Files.exists(folder.resolve(CONFIG))) {
      return Checkpoint.open(torchFiles(folder).get(0));
    }
    if (this == OPEN_CLIP) {
      for (String name : OPEN_CLIP_WEIGHTS) {
        if (Files.exists(folder.resolve(name))) {
          return Checkpoint.open(folder.resolve(name));
        }
      }
      if (!Files.exists(folder.resolve("model.safetensors"))) {
        throw new CheckpointException(
            folder + " holds no weights of open_clip: want one of " + OPEN_CLIP_WEIGHTS);
      }
    }
    return Checkpoint.open(folder);
  }

  private static List<Path> torchFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> TORCH_ENDINGS.stream().anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    }
  }
}
