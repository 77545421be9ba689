package io.hybnext.model.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.network.JsonNumbers;
import java.util.Map;
import java.util.Set;

/**
 * Chameleon's tokenizer settings as JSON, under the names of its {@code vqgan.yaml}: {@code
 * ddconfig}, {@code n_embed}, {@code embed_dim}; absent ones have the released tokenizer's values.
 */
final class ChameleonVqJson {
  private static final Set<String> KNOWN =
      Set.of("ddconfig", "n_embed", "embed_dim", "beta", "legacy");

  /** What the network here does not vary. */
  private static final Map<String, String> FIXED =
      Map.of("double_z", "false", "dropout", "0", "attn_type", "\"vanilla\"");

  private ChameleonVqJson() {}

  static VqConfig read(JsonNode json) {
    JsonNode sizes = json.get("ddconfig");
    json.fieldNames()
        .forEachRemaining(
            key ->
                VqConfig.check(
                    key.startsWith("_") || KNOWN.contains(key), key, json.get(key), "" + KNOWN));
    VqConfig.check(sizes.isObject(), "ddconfig", sizes, "an object");
    FIXED.forEach((key, value) -> fixed(sizes, key, value));
    JsonNode attention = sizes.path("attn_resolutions");
    VqConfig.check(
        attention.isMissingNode() || attention.isEmpty(),
        "attn_resolutions",
        attention,
        "[], attention in the middle only");
    JsonNode legacy = json.path("legacy");
    VqConfig.check(legacy.asBoolean(true), "legacy", legacy, "true, beta on the codebook's side");
    JsonNumbers numbers = new JsonNumbers("", json);
    JsonNumbers inner = new JsonNumbers("ddconfig", sizes);
    int channels = inner.integer("in_channels", 3);
    int out = inner.integer("out_ch", channels);
    VqConfig.check(out == channels, "out_ch", out, "in_channels = " + channels);
    int ch = inner.integer("ch", 128);
    int blocks = inner.integer("num_res_blocks", 2);
    return new VqConfig(
        numbers.integer("n_embed", 8192),
        numbers.integer("embed_dim", 256),
        false,
        numbers.number("beta", 0.25),
        0,
        VqConfig.integers(sizes, "ch_mult"),
        VqConfig.integers(sizes, "ch_mult"),
        inner.integer("z_channels", 256),
        ch,
        ch,
        blocks,
        blocks + 1,
        numbers.integer("_norm_num_groups", 32),
        numbers.number("_norm_eps", 1e-6),
        channels,
        numbers.integer("_image_size", inner.integer("resolution", 512)),
        1,
        1,
        VqFamily.CHAMELEON);
  }

  private static void fixed(JsonNode sizes, String key, String value) {
    JsonNode given = sizes.path(key);
    boolean same =
        given.isMissingNode()
            || given.toString().equals(value)
            || (given.isNumber() && given.doubleValue() == 0 && value.equals("0"));
    VqConfig.check(same, key, given, value + ", the only one supported");
  }

  static ObjectNode write(VqConfig config) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode sizes = json.putObject("ddconfig");
    sizes.put("double_z", false);
    sizes.put("z_channels", config.zChannels());
    sizes.put("resolution", config.imageSize());
    sizes.put("in_channels", config.inChannels());
    sizes.put("out_ch", config.inChannels());
    sizes.put("ch", config.ch());
    config.encoderChMult().forEach(sizes.putArray("ch_mult")::add);
    sizes.put("num_res_blocks", config.numResBlocks());
    sizes.putArray("attn_resolutions");
    sizes.put("dropout", 0.0);
    json.put("n_embed", config.codebookSize());
    json.put("embed_dim", config.codebookEmbedDim());
    json.put("beta", config.commitLossBeta());
    json.put("legacy", true);
    json.put("_norm_num_groups", config.normNumGroups());
    json.put("_norm_eps", config.normEps());
    json.put("_image_size", config.imageSize());
    return json;
  }
}
