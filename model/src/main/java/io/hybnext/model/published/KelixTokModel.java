package io.hybnext.model.published;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.kelix.KelixTokWeights;
import io.hybnext.model.weights.CheckpointException;
import java.util.Set;

/** Kelix-Tok under its repository's names (spec/kelix.md section 3). */
final class KelixTokModel implements PublishedModel {
  private static final String SETTINGS = "tokenizer_config";

  @Override
  public String kind() {
    return "kelix-tok";
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.contains("quantizer.0.embedding_proj.weight")
        && keys.contains("visual.embeddings.patch_embedding.weight");
  }

  @Override
  public String settingsKey() {
    return "vision_config";
  }

  @Override
  public boolean reads(JsonNode settings) {
    return settings.path(SETTINGS).has(settingsKey()) || settings.has(settingsKey());
  }

  @Override
  public Identified identify(KeyShapes keys, Hints hints) throws CheckpointException {
    JsonNode given =
        hints
            .config()
            .map(
                config -> config.path(SETTINGS).has(settingsKey()) ? config.path(SETTINGS) : config)
            .filter(config -> config.has(settingsKey()))
            .orElseThrow(
                () ->
                    keys.defect(
                        "needs its tokenizer_config, which says how many heads it has: put"
                            + " config.json beside the weights or name it with --config"));
    ObjectNode json = given.deepCopy();
    if (hints.imageSize().isPresent()) {
      json.put("_image_size", hints.imageSize().getAsInt());
    }
    KelixTokConfig config = KelixTokConfig.fromJson(json);
    String description =
        String.format(
            "Kelix-Tok, %d codes of %d entries a block of %d pixels",
            config.codes(), config.entries(), config.blockSize());
    return new Identified(
        kind(),
        description,
        json,
        Identified.USUAL_CONFIG,
        KelixTokWeights.shapes(config),
        KelixTokWeights.UNUSED::equals,
        key -> false);
  }
}
