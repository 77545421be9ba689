package io.hybnext.model.qwen;

import com.fasterxml.jackson.databind.JsonNode;
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

  /**
   * Checks every size.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public QwenConfig {
    check(vocabSize > 1, "vocab_size", vocabSize, "at least 2");
    check(hiddenSize > 0, "hidden_size", hiddenSize, "at least 1");
    check(layers > 0, "num_hidden_layers", layers, "at least 1");
    check(heads > 0, "num_attention_heads", heads, "at least 1");
    check(
        kvHeads > 0 && heads % kvHeads == 0,
        "num_key_value_heads",
        kvHeads,
        "a divisor of num_attention_heads, " + heads);
    check(headDim > 0 && headDim % 2 == 0, "head_dim", headDim, "an even number");
    check(ffnDim > 0, "intermediate_size", ffnDim, "at least 1");
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
    return new QwenConfig(
        numbers.integer("vocab_size"),
        hidden,
        numbers.integer("num_hidden_layers"),
        heads,
        numbers.integer("num_key_value_heads", heads),
        numbers.integer("head_dim", hidden / Math.max(1, heads)),
        numbers.integer("intermediate_size"),
        numbers.number("rope_theta", 1e6),
        numbers.number("rms_norm_eps", 1e-6),
        json.path("tie_word_embeddings").asBoolean(false),
        numbers.number("initializer_range", 0.02));
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
