package io.hybnext.model.qwen;

import static io.hybnext.model.network.SizeLimits.MOST_BLOCKS;
import static io.hybnext.model.network.SizeLimits.MOST_SYMBOLS;
import static io.hybnext.model.network.SizeLimits.WIDEST;
import static io.hybnext.model.network.SizeLimits.WIDEST_INNER;
import static io.hybnext.model.network.SizeLimits.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.InitialValue;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;
import io.hybnext.model.network.JsonNumbers;

/**
 * Sizes of a Qwen3 decoder, under the names of Hugging Face's configuration.
 *
 * @param vocabSize rows V of the embedding table and of the output matrix
 * @param hiddenSize width D of the residual stream
 * @param layers number of blocks
 * @param heads query heads H
 * @param kvHeads heads G of keys and values; a divisor of {@code heads}
 * @param headDim width of a head, independent of D / H; even
 * @param ffnDim width F of the feed-forward layer
 * @param ropeTheta base of the rotary embedding
 * @param normEps epsilon of every RMS norm
 * @param tied whether the output matrix is the embedding table
 * @param initializerRange standard deviation of every matrix before the first step
 */
public record QwenConfig(
    int vocabSize,
    int hiddenSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int ffnDim,
    double ropeTheta,
    double normEps,
    boolean tied,
    double initializerRange)
    implements DecoderConfig {

  /** Base of the rotary embedding of every released Qwen3. */
  public static final double PUBLISHED_ROPE_THETA = 1e6;

  /** Epsilon of the norms of every released Qwen3. */
  public static final double PUBLISHED_NORM_EPS = 1e-6;

  /**
   * Checks every size.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public QwenConfig {
    check(
        vocabSize > 1 && vocabSize <= MOST_SYMBOLS,
        "vocab_size",
        vocabSize,
        "2 to " + MOST_SYMBOLS);
    check(within(hiddenSize, WIDEST), "hidden_size", hiddenSize, "1 to " + WIDEST);
    check(within(layers, MOST_BLOCKS), "num_hidden_layers", layers, "1 to " + MOST_BLOCKS);
    check(within(heads, WIDEST), "num_attention_heads", heads, "1 to " + WIDEST);
    check(
        kvHeads > 0 && heads % kvHeads == 0,
        "num_key_value_heads",
        kvHeads,
        "a divisor of num_attention_heads, " + heads);
    check(
        within(headDim, WIDEST) && headDim % 2 == 0,
        "head_dim",
        headDim,
        "an even number, at most " + WIDEST);
    check(within(ffnDim, WIDEST_INNER), "intermediate_size", ffnDim, "1 to " + WIDEST_INNER);
    check(ropeTheta > 1, "rope_theta", ropeTheta, "above 1");
    check(normEps > 0, "rms_norm_eps", normEps, "above 0");
    check(initializerRange >= 0, "initializer_range", initializerRange, "at least 0");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("qwen." + key + " = " + value + ": want " + rule);
    }
  }

  /**
   * Reads Hugging Face's {@code config.json}.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public static QwenConfig fromJson(JsonNode json) {
    JsonNumbers numbers = new JsonNumbers("qwen", json);
    int heads = numbers.integer("num_attention_heads");
    int hidden = numbers.integer("hidden_size");
    check(heads > 0, "num_attention_heads", heads, "at least 1");
    check(!json.path("attention_bias").asBoolean(false), "attention_bias", true, "false");
    check(!json.path("use_sliding_window").asBoolean(false), "use_sliding_window", true, "false");
    JsonNode rope = json.path("rope_parameters"); // where transformers 5 keeps them
    String kind = rope.path("rope_type").asText("default");
    check(kind.equals("default"), "rope_parameters.rope_type", kind, "default");
    double theta =
        new JsonNumbers("qwen.rope_parameters", rope).number("rope_theta", PUBLISHED_ROPE_THETA);
    check(json.path("rope_scaling").isEmpty(), "rope_scaling", json.path("rope_scaling"), "null");
    return new QwenConfig(
        numbers.integer("vocab_size"),
        hidden,
        numbers.integer("num_hidden_layers"),
        heads,
        numbers.integer("num_key_value_heads", heads),
        numbers.integer("head_dim", hidden / Math.max(1, heads)),
        numbers.integer("intermediate_size"),
        numbers.number("rope_theta", theta),
        numbers.number("rms_norm_eps", PUBLISHED_NORM_EPS),
        json.path("tie_word_embeddings").asBoolean(false),
        numbers.number("initializer_range", 0.02));
  }

  /** Hugging Face's {@code config.json}, which {@link #fromJson} reads back. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putArray("architectures").add("Qwen3ForCausalLM");
    json.put("model_type", "qwen3");
    json.put("vocab_size", vocabSize);
    json.put("hidden_size", hiddenSize);
    json.put("num_hidden_layers", layers);
    json.put("num_attention_heads", heads);
    json.put("num_key_value_heads", kvHeads);
    json.put("head_dim", headDim);
    json.put("intermediate_size", ffnDim);
    json.put("hidden_act", "silu");
    json.put("rope_theta", ropeTheta);
    json.put("rms_norm_eps", normEps);
    json.put("attention_bias", false);
    json.put("use_sliding_window", false);
    json.put("tie_word_embeddings", tied);
    json.put("initializer_range", initializerRange);
    return json;
  }

  /** The same network with another number of ids. */
  public QwenConfig withVocabulary(int ids) {
    return new QwenConfig(
        ids,
        hiddenSize,
        layers,
        heads,
        kvHeads,
        headDim,
        ffnDim,
        ropeTheta,
        normEps,
        tied,
        initializerRange);
  }

  @Override
  public int width() {
    return hiddenSize;
  }

  @Override
  public int depth() {
    return layers;
  }

  @Override
  public ParameterLayout layout() {
    return QwenLayout.languageModel(this);
  }

  /** Norms one, biases zero, matrices normal (spec/kelix.md section 10). */
  @Override
  public InitialValue initial(Parameter parameter) {
    if (!parameter.matrix()) {
      return InitialValue.constant(parameter.name().endsWith("bias") ? 0 : 1);
    }
    return InitialValue.normal(initializerRange);
  }

  @Override
  public PassMemory memory(
      PassShape shape, Objective objective, Precision stored, Precision computed) {
    return new QwenMemory(this, shape, stored, computed);
  }

  @Override
  public QwenDecoder open(TorchEngine engine, Precision precision, Objective objective) {
    return new QwenDecoder(engine, this, precision, objective);
  }
}
