package io.hybnext.model.published;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.tower.SamConfig;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.tower.WeightMap;
import io.hybnext.model.weights.CheckpointException;
import java.util.Set;

/** SAM and MedSAM, under the keys of segment-anything or of transformers. */
final class SamModel implements PublishedModel {
  private final SamKeys keys;

  SamModel(SamKeys keys) {
    this.keys = keys;
  }

  @Override
  public String kind() {
    return keys == SamKeys.ORIGINAL ? "sam" : "sam-hf";
  }

  @Override
  public boolean recognises(Set<String> names) {
    return names.contains(keys.root() + "pos_embed")
        && names.stream().anyMatch(name -> name.startsWith(keys.root() + "neck."));
  }

  @Override
  public String settingsKey() {
    return "";
  }

  @Override
  public Identified identify(KeyShapes shapes, Hints hints) throws CheckpointException {
    SamConfig config = shapes.sam(keys);
    WeightMap map = keys.map(config);
    String description =
        String.format(
            "SAM or MedSAM image encoder, %d blocks of width %d, %d pixels, features of %d",
            config.depth(), config.width(), config.imageSize(), config.outputChannels());
    return new Identified(
        kind(),
        description,
        json(config),
        Identified.USUAL_CONFIG,
        map.shapes(),
        map::isForeign,
        key -> false);
  }

  private ObjectNode json(SamConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model_type", "sam_vision_model");
    if (keys == SamKeys.ORIGINAL) {
      json.put("_keys", "segment-anything");
    }
    json.put("hidden_size", config.width());
    json.put("num_hidden_layers", config.depth());
    json.put("num_attention_heads", config.heads());
    json.put("mlp_dim", config.mlpWidth());
    json.put("image_size", config.imageSize());
    json.put("patch_size", config.patch());
    json.put("window_size", config.window());
    json.put("output_channels", config.outputChannels());
    config.globalBlocks().forEach(json.putArray("global_attn_indexes")::add);
    return json;
  }
}
