package io.hybnext.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.tower.BertKeys;
import io.hybnext.model.tower.TowerJson;
import io.hybnext.model.tower.VitConfig;
import io.hybnext.model.tower.VitKeys;
import io.hybnext.model.tower.WeightMap;
import io.hybnext.model.weights.CheckpointException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Vision transformers with a class token: BioMedCLIP in open_clip's layout and in the port's, and
 * CLIP. Text towers beside them are kept; BioMedCLIP's is compared too.
 */
enum TowerModel implements PublishedModel {
  /** open_clip around timm. */
  OPEN_CLIP("biomedclip", "BioMedCLIP (open_clip)", "visual.trunk.", "model_cfg") {
    @Override
    Identified identify(KeyShapes keys, Optional<JsonNode> given) throws CheckpointException {
      ObjectNode config =
          given.filter(this::reads).isPresent() ? given.get().deepCopy() : openClip(keys);
      VitConfig vision = TowerJson.openClip(config);
      Map<String, long[]> shapes = VitKeys.OPEN_CLIP.map(vision).shapes();
      Predicate<String> foreign = key -> !key.startsWith("visual.");
      if (config.at("/model_cfg/text_cfg").isObject()
          && keys.count("text.transformer.encoder.layer.") > 0) {
        WeightMap text = BertKeys.OPEN_CLIP.map(TowerJson.openClipText(config));
        shapes.putAll(text.shapes());
        foreign = key -> !key.startsWith("visual.") && text.isForeign(key);
      }
      return found(config, Identified.OPEN_CLIP_CONFIG, vision, shapes, foreign);
    }
  },
  /** The port of BioMedCLIP to transformers: a bias at the patches, no norm before the blocks. */
  BIOMEDCLIP_PORT(
      "biomedclip-hf",
      "BioMedCLIP (transformers)",
      "vision_model.encoder.layers.",
      "vision_config") {
    @Override
    Identified identify(KeyShapes keys, Optional<JsonNode> given) throws CheckpointException {
      ObjectNode config =
          given.filter(this::reads).isPresent() ? given.get().deepCopy() : port(keys);
      VitConfig vision =
          TowerJson.biomedClipPort(
              config.path("vision_config"), config.path("projection_dim").asInt(512));
      WeightMap map = VitKeys.TRANSFORMERS.map(vision);
      Map<String, long[]> shapes = map.shapes();
      Predicate<String> foreign = map::isForeign;
      if (config.path("text_config").has("vocab_size")
          && keys.count("text_model.encoder.layers.") > 0) {
        WeightMap text = BertKeys.TRANSFORMERS.map(TowerJson.biomedClipPortText(config));
        shapes.putAll(text.shapes());
        foreign = key -> map.isForeign(key) && text.isForeign(key);
      }
      return found(config, Identified.USUAL_CONFIG, vision, shapes, foreign);
    }
  },
  /** OpenAI's CLIP in transformers. */
  CLIP("clip", "CLIP", "vision_model.encoder.layers.", "model_type") {
    @Override
    Identified identify(KeyShapes keys, Optional<JsonNode> given) throws CheckpointException {
      ObjectNode config =
          given.filter(this::reads).isPresent() ? given.get().deepCopy() : clip(keys);
      JsonNode part = config.has("vision_config") ? config.path("vision_config") : config;
      VitConfig vision = TowerJson.clip(part, config.path("projection_dim").asInt(512));
      WeightMap map = VitKeys.TRANSFORMERS.map(vision);
      return found(config, Identified.USUAL_CONFIG, vision, map.shapes(), map::isForeign);
    }
  };

  private static final int HEAD_WIDTH = 64; // in every published one
  private static final String PORT_PATCH = "vision_model.embeddings.patch_embedding.bias";

  private final String kind;
  private final String title;
  private final String blocks;
  private final String settingsKey;

  TowerModel(String kind, String title, String blocks, String settingsKey) {
    this.kind = kind;
    this.title = title;
    this.blocks = blocks;
    this.settingsKey = settingsKey;
  }

  abstract Identified identify(KeyShapes keys, Optional<JsonNode> given) throws CheckpointException;

  @Override
  public String settingsKey() {
    return settingsKey;
  }

  @Override
  public boolean reads(JsonNode settings) {
    boolean another = this == CLIP && !settings.path(settingsKey).asText().startsWith("clip");
    return settings.has(settingsKey) && !another;
  }

  @Override
  public Identified identify(KeyShapes keys, Hints hints) throws CheckpointException {
    return identify(keys, hints.config());
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public boolean recognises(Set<String> keys) {
    boolean port = keys.contains(PORT_PATCH);
    return keys.stream().anyMatch(key -> key.startsWith(blocks))
        && (this == OPEN_CLIP || port == (this == BIOMEDCLIP_PORT));
  }

  Identified found(
      ObjectNode config,
      String configFile,
      VitConfig vision,
      Map<String, long[]> shapes,
      Predicate<String> foreign) {
    String description =
        String.format(
            "%s, %d blocks of width %d, %d pixels, features of %d",
            title, vision.depth(), vision.width(), vision.imageSize(), vision.projectionDim());
    return new Identified(
        kind, description, config, configFile, new LinkedHashMap<>(shapes), foreign, key -> false);
  }

  private static int heads(KeyShapes keys, int width) throws CheckpointException {
    if (width % HEAD_WIDTH != 0) {
      throw keys.defect(
          "has width " + width + ", which is no published size: give its settings with --config");
    }
    return width / HEAD_WIDTH;
  }

  private static ObjectNode openClip(KeyShapes keys) throws CheckpointException {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    ObjectNode model = config.putObject("model_cfg");
    model.put("embed_dim", keys.length("visual.head.proj.weight", 0));
    int patch = keys.length("visual.trunk.patch_embed.proj.weight", 2);
    int width = keys.length("visual.trunk.patch_embed.proj.weight", 0);
    int size = imageSize(keys.length("visual.trunk.pos_embed", 1), patch);
    ObjectNode vision = model.putObject("vision_cfg");
    vision.put("timm_model_name", "vit_base_patch" + patch + "_" + size);
    vision.put("timm_pool", "").put("timm_proj", "linear").put("image_size", size);
    ObjectNode trunk = config.putObject("_trunk");
    trunk.put("embed_dim", width).put("depth", keys.count("visual.trunk.blocks."));
    trunk.put("num_heads", heads(keys, width));
    if (keys.count("text.transformer.encoder.layer.") > 0) {
      ObjectNode text = model.putObject("text_cfg");
      text.put("hf_proj_type", "mlp").put("hf_pooler_type", "cls_last_hidden_state_pooler");
      text.put("context_length", 256);
    }
    return config;
  }

  private static ObjectNode port(KeyShapes keys) throws CheckpointException {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config
        .put("model_type", "clip")
        .put("projection_dim", keys.length("visual_projection.weight", 0));
    vision(keys, config.putObject("vision_config"));
    config.putObject("text_config").put("model_type", "bert");
    return config;
  }

  private static ObjectNode clip(KeyShapes keys) throws CheckpointException {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", "clip_vision_model");
    config.put("projection_dim", keys.length("visual_projection.weight", 0));
    vision(keys, config);
    return config;
  }

  private static void vision(KeyShapes keys, ObjectNode config) throws CheckpointException {
    String root = "vision_model.";
    int patch = keys.length(root + "embeddings.patch_embedding.weight", 2);
    int width = keys.length(root + "embeddings.patch_embedding.weight", 0);
    config.put("hidden_size", width);
    config.put("intermediate_size", keys.length(root + "encoder.layers.0.mlp.fc1.weight", 0));
    config.put("num_hidden_layers", keys.count(root + "encoder.layers."));
    config.put("num_attention_heads", heads(keys, width));
    int tokens = keys.length(root + "embeddings.position_embedding.weight", 0);
    config.put("image_size", imageSize(tokens, patch));
    config.put("patch_size", patch);
  }

  /** Side of the images whose patches, with one more token, are so many. */
  private static int imageSize(int tokens, int patch) {
    return (int) Math.round(Math.sqrt(tokens - 1)) * patch;
  }
}
