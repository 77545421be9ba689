package io.hybnext.model.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.network.JsonNumbers;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import java.util.Iterator;
import java.util.Set;

/**
 * A {@link TransformerConfig} as JSON under LlamaGen's key names, as in a checkpoint's {@code
 * config.json}. Missing keys take LlamaGen's defaults; keys that start with {@code _} are remarks.
 */
public final class TransformerJson {
  private static final Set<String> KEYS =
      Set.of(
          "dim",
          "n_layer",
          "n_head",
          "n_kv_head",
          "multiple_of",
          "ffn_dim_multiplier",
          "rope_base",
          "norm_eps",
          "initializer_range",
          "num_classes",
          "caption_dim",
          "class_dropout_prob",
          "model_type",
          "vocab_size",
          "cls_token_num",
          "block_size",
          "token_dropout_p",
          "attn_dropout_p",
          "resid_dropout_p",
          "ffn_dropout_p",
          "drop_path_rate",
          "max_batch_size",
          "max_seq_len");

  private TransformerJson() {}

  /**
   * Reads a configuration.
   *
   * @throws IllegalArgumentException with key, value and rule when one is unknown or impossible
   */
  public static TransformerConfig read(JsonNode json) {
    refuseUnknown(json);
    refuse(json, "attn_dropout_p");
    refuse(json, "drop_path_rate");
    ModelType type = ModelType.parse(json.path("model_type").asText("c2i"));
    boolean classes = type == ModelType.C2I;
    JsonNumbers numbers = new JsonNumbers("transformer", json);
    int heads = numbers.integer("n_head", 32);
    return new TransformerConfig(
        type,
        numbers.integer("dim", 4096),
        numbers.integer("n_layer", 32),
        heads,
        numbers.integer("n_kv_head", heads),
        numbers.integer("multiple_of", 256),
        numbers.number("ffn_dim_multiplier", 1),
        numbers.number("rope_base", 10000),
        numbers.number("norm_eps", 1e-5),
        numbers.number("initializer_range", 0.02),
        numbers.integer("vocab_size", 16384),
        numbers.integer("block_size", 256),
        numbers.integer("cls_token_num", classes ? 1 : 120),
        classes ? numbers.integer("num_classes", 1000) : 0,
        classes ? 0 : numbers.integer("caption_dim", 2048),
        numbers.number("class_dropout_prob", 0.1),
        numbers.number("token_dropout_p", 0.1),
        numbers.number("resid_dropout_p", 0.1),
        numbers.number("ffn_dropout_p", 0.1));
  }

  private static void refuseUnknown(JsonNode json) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("transformer configuration: want a JSON object");
    }
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.startsWith("_") && !KEYS.contains(name)) {
        throw new IllegalArgumentException(
            "transformer." + name + " is unknown: want one of " + new java.util.TreeSet<>(KEYS));
      }
    }
  }

  private static void refuse(JsonNode json, String key) {
    if (new JsonNumbers("transformer", json).number(key, 0) != 0) {
      throw new IllegalArgumentException(
          "transformer." + key + " = " + json.get(key) + ": want 0, the only rate supported");
    }
  }

  /** Writes a configuration. */
  public static ObjectNode write(TransformerConfig config) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("model_type", config.modelType().setting());
    json.put("dim", config.dim());
    json.put("n_layer", config.nLayer());
    json.put("n_head", config.nHead());
    json.put("n_kv_head", config.nKvHead());
    json.put("multiple_of", config.multipleOf());
    json.put("ffn_dim_multiplier", config.ffnDimMultiplier());
    json.put("rope_base", config.ropeBase());
    json.put("norm_eps", config.normEps());
    json.put("initializer_range", config.initializerRange());
    json.put("vocab_size", config.vocabSize());
    json.put("block_size", config.blockSize());
    json.put("cls_token_num", config.clsTokenNum());
    if (config.modelType() == ModelType.C2I) {
      json.put("num_classes", config.numClasses());
    } else {
      json.put("caption_dim", config.captionDim());
    }
    json.put("class_dropout_prob", config.classDropoutProb());
    json.put("token_dropout_p", config.tokenDropoutP());
    json.put("resid_dropout_p", config.residDropoutP());
    json.put("ffn_dropout_p", config.ffnDropoutP());
    return json;
  }
}
