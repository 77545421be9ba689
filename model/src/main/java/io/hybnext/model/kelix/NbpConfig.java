package io.hybnext.model.kelix;

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
import io.hybnext.model.qwen.QwenConfig;
import java.util.Set;

/**
 * Sizes of Kelix's block language model: a Qwen3 backbone that reads a block a position, and a
 * small decoder that predicts the symbols of the next block one after the other. Source:
 * spec/kelix.md section 5.
 *
 * @param backbone whose vocabulary is text and all codes; the output matrix is its own
 * @param textVocabulary ids V below the codes
 * @param codes of a visual block N
 * @param entries of each sub-codebook K
 * @param innerWidth width of the block decoder
 * @param innerHeads of its attention
 * @param innerLayers its layers
 * @param innerFfn width of its feed-forward layers
 * @param places rows of its table of places, at least N + 1
 * @param symbols ids with a meaning of their own
 * @param promptDropout share of samples trained without prompt, so that guidance has a null branch
 * @param gridSize blocks along one side of the square images it is trained to draw; 0 for any image
 */
public record NbpConfig(
    QwenConfig backbone,
    int textVocabulary,
    int codes,
    int entries,
    int innerWidth,
    int innerHeads,
    int innerLayers,
    int innerFfn,
    int places,
    NbpSymbols symbols,
    double promptDropout,
    int gridSize)
    implements DecoderConfig {
  /** The repository stores these and does not use them; the first equals {@code lm_head.weight}. */
  public static final Set<String> UNUSED =
      Set.of(
          "model.model.output.weight",
          "model.model.token_head.final_norm.weight",
          "model.model.token_head.final_norm.bias");

  /**
   * Checks every size.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public NbpConfig {
    check(within(codes, MOST_BLOCKS), "n_q_tokens", codes, "1 to " + MOST_BLOCKS);
    check(
        entries >= 2 && entries <= MOST_SYMBOLS / codes,
        "codebook_size",
        (long) entries * codes,
        "at least two entries a code, at most " + MOST_SYMBOLS);
    check(
        textVocabulary > symbols.largest(),
        "vocab_size",
        textVocabulary,
        "above every special id, " + symbols.largest());
    check(
        backbone.vocabSize() == textVocabulary + codes * entries && !backbone.tied(),
        "tie_word_embeddings",
        backbone.tied(),
        "false, and rows for text and codes");
    check(
        innerHeads >= 1 && within(innerWidth, WIDEST) && innerWidth % innerHeads == 0,
        "d_model",
        innerWidth,
        "a multiple of nhead, " + innerHeads);
    check(within(innerLayers, MOST_BLOCKS), "num_layers", innerLayers, "1 to " + MOST_BLOCKS);
    check(within(innerFfn, WIDEST_INNER), "dim_feedforward", innerFfn, "1 to " + WIDEST_INNER);
    check(places > codes, "max_pos_length", places, "at least n_q_tokens + 1");
    check(
        promptDropout >= 0 && promptDropout < 1,
        "prompt_dropout",
        promptDropout,
        "at least 0 and below 1");
    check(gridSize >= 0, "grid_size", gridSize, "at least 0");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("kelix." + key + " = " + value + ": want " + rule);
    }
  }

  /**
   * Reads the repository's configuration: {@code qwen_config} and {@code token_decoder_config}.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public static NbpConfig fromJson(JsonNode json) {
    JsonNumbers qwen = new JsonNumbers("kelix.qwen_config", json.path("qwen_config"));
    JsonNumbers decoder =
        new JsonNumbers("kelix.token_decoder_config", json.path("token_decoder_config"));
    int codes = qwen.integer("n_q_tokens");
    int all = qwen.integer("codebook_size");
    check(codes > 0 && all % codes == 0, "codebook_size", all, "a multiple of n_q_tokens");
    int text = qwen.integer("vocab_size");
    QwenConfig backbone =
        new QwenConfig(
            text + all,
            qwen.integer("embed_dim"),
            qwen.integer("num_layers"),
            qwen.integer("num_heads"),
            qwen.integer("num_kv_heads"),
            qwen.integer("head_dim"),
            qwen.integer("intermediate_dim"),
            qwen.number("rope_base", 1e6),
            qwen.number("norm_eps", 1e-6),
            false,
            0.02);
    return new NbpConfig(
        backbone,
        text,
        codes,
        all / codes,
        decoder.integer("d_model"),
        decoder.integer("nhead"),
        decoder.integer("num_layers"),
        decoder.integer("dim_feedforward"),
        decoder.integer("max_pos_length"),
        NbpSymbols.fromJson(json),
        0,
        0);
  }

  /** The repository's configuration, which {@link #fromJson} reads back. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model_class", "KeyeARModel");
    ObjectNode qwen = json.putObject("qwen_config");
    qwen.put("model_class", "UnifiedQwen3Model");
    qwen.put("vocab_size", textVocabulary);
    qwen.put("embed_dim", backbone.hiddenSize());
    qwen.put("num_layers", backbone.layers());
    qwen.put("tie_word_embeddings", false);
    qwen.put("num_heads", backbone.heads());
    qwen.put("num_kv_heads", backbone.kvHeads());
    qwen.put("head_dim", backbone.headDim());
    qwen.put("intermediate_dim", backbone.ffnDim());
    qwen.put("rope_base", backbone.ropeTheta());
    qwen.put("rope_theta", backbone.ropeTheta());
    qwen.put("norm_eps", backbone.normEps());
    qwen.put("rms_norm_eps", backbone.normEps());
    qwen.put("q_norm", true);
    qwen.put("k_norm", true);
    qwen.put("codebook_size", codes * entries);
    qwen.put("n_q_tokens", codes);
    ObjectNode decoder = json.putObject("token_decoder_config");
    decoder.put("model_class", "UnifiedTokenDecoder");
    decoder.put("vocab_size", codes * entries);
    decoder.put("max_pos_length", places);
    decoder.put("max_length", codes + 1);
    decoder.put("d_model", innerWidth);
    decoder.put("eos_token", symbols.endOfBlock());
    decoder.put("nhead", innerHeads);
    decoder.put("num_layers", innerLayers);
    decoder.put("dim_feedforward", innerFfn);
    decoder.put("input_dim", backbone.hiddenSize());
    symbols.write(json);
    return json;
  }

  /**
   * A network whose text symbols are bytes, to be trained from nothing.
   *
   * @param backbone sizes; its vocabulary is replaced
   * @param codes of a block
   * @param entries of each sub-codebook
   * @param innerWidth width of the block decoder, a multiple of four, which are its heads
   * @param innerFfn width of its feed-forward layer
   * @param promptDropout share of samples trained without prompt
   * @param gridSize blocks along one side of its images
   */
  public static NbpConfig ofBytes(
      QwenConfig backbone,
      int codes,
      int entries,
      int innerWidth,
      int innerFfn,
      double promptDropout,
      int gridSize) {
    int text = NbpSymbols.BYTE_VOCABULARY;
    int heads = 4; // as released, and as small ones in section 10
    return new NbpConfig(
        backbone.withVocabulary(text + codes * entries),
        text,
        codes,
        entries,
        innerWidth,
        heads,
        1,
        innerFfn,
        codes + 1,
        NbpSymbols.BYTES,
        promptDropout,
        gridSize);
  }

  /** Whether an id is a code. */
  public boolean visual(int id) {
    return id >= textVocabulary;
  }

  /** The id of entry {@code code} of sub-codebook {@code slot}. */
  public int id(int slot, int code) {
    return textVocabulary + slot * entries + code;
  }

  @Override
  public int width() {
    return backbone.hiddenSize();
  }

  @Override
  public int depth() {
    return backbone.layers();
  }

  @Override
  public ParameterLayout layout() {
    return NbpLayout.of(this);
  }

  /** As the backbone's: matrices normal, norms one, biases zero. */
  @Override
  public InitialValue initial(Parameter parameter) {
    return backbone.initial(parameter);
  }

  @Override
  public PassMemory memory(
      PassShape shape, Objective objective, Precision stored, Precision computed) {
    return new NbpMemory(this, shape, stored, computed);
  }

  @Override
  public NbpDecoder open(TorchEngine engine, Precision precision, Objective objective) {
    return new NbpDecoder(engine, this, precision, objective);
  }
}
