package io.hybnext.model.chameleon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.network.JsonNumbers;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A {@link ChameleonConfig} from the {@code config.json} of a checkpoint. Missing keys take the
 * values of the 7B network; what the network here cannot do is refused.
 */
public final class ChameleonJson {
  private ChameleonJson() {}

  /**
   * Reads a configuration.
   *
   * @throws IllegalArgumentException with key, value and rule when one is impossible
   */
  public static ChameleonConfig read(JsonNode json) {
    want(json, "model_type", "chameleon");
    want(json, "hidden_act", "silu");
    for (String key :
        new String[] {"swin_norm", "attention_bias", "mlp_bias", "tie_word_embeddings"}) {
      want(json, key, "false");
    }
    want(json, "rope_scaling", "null");
    JsonNumbers numbers = new JsonNumbers("chameleon", json);
    int heads = numbers.integer("num_attention_heads", 32);
    want(json, "num_key_value_heads", Integer.toString(heads));
    return new ChameleonConfig(
        numbers.integer("hidden_size", 4096),
        numbers.integer("intermediate_size", 11008),
        numbers.integer("num_hidden_layers", 32),
        heads,
        numbers.integer("model_parallel_size", 1),
        numbers.integer("max_position_embeddings", 4096),
        numbers.number("rms_norm_eps", 1e-5),
        numbers.number("rope_theta", 10000),
        numbers.number("dropout", 0),
        json.path("mask_image_logits").asBoolean(true),
        0,
        ChameleonConfig.OFFICIAL_SLICE,
        numbers.number("initializer_range", 0.02),
        0,
        vocabulary(json, numbers));
  }

  /** Writes what {@link #read} reads; rates of training are not part of it. */
  public static ObjectNode write(ChameleonConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model_type", "chameleon");
    json.put("vocab_size", config.vocabulary().size());
    json.put("hidden_size", config.hiddenSize());
    json.put("intermediate_size", config.intermediateSize());
    json.put("num_hidden_layers", config.numHiddenLayers());
    json.put("num_attention_heads", config.numAttentionHeads());
    json.put("num_key_value_heads", config.numAttentionHeads());
    json.put("model_parallel_size", config.normRows());
    json.put("max_position_embeddings", config.maxPositions());
    json.put("rms_norm_eps", config.rmsNormEps());
    json.put("rope_theta", config.ropeTheta());
    json.put("hidden_act", "silu");
    json.put("dropout", config.dropout());
    json.put("mask_image_logits", config.maskImageLogits());
    json.put("initializer_range", config.initializerRange());
    config.vocabulary().toMap().forEach(json.putObject("vocabulary_map")::put);
    return json;
  }

  private static ChameleonVocabulary vocabulary(JsonNode json, JsonNumbers numbers) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    json.path("vocabulary_map")
        .properties()
        .forEach(entry -> ids.put(entry.getKey(), entry.getValue().asInt(-1)));
    if (ids.isEmpty()) {
      throw new IllegalArgumentException(
          "chameleon.vocabulary_map is missing: it says which ids are image tokens");
    }
    return ChameleonVocabulary.of(numbers.integer("vocab_size", 65536), ids);
  }

  private static void want(JsonNode json, String key, String only) {
    JsonNode value = json.path(key);
    if (!value.isMissingNode() && !value.asText("null").equals(only)) {
      throw new IllegalArgumentException(
          "chameleon." + key + " = " + value + ": want " + only + ", the only kind supported");
    }
  }
}
