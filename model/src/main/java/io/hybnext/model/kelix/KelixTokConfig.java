package io.hybnext.model.kelix;

import static io.hybnext.model.network.SizeLimits.LARGEST_IMAGE;
import static io.hybnext.model.network.SizeLimits.MOST_BLOCKS;
import static io.hybnext.model.network.SizeLimits.MOST_SYMBOLS;
import static io.hybnext.model.network.SizeLimits.WIDEST;
import static io.hybnext.model.network.SizeLimits.WIDEST_INNER;
import static io.hybnext.model.network.SizeLimits.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.network.JsonNumbers;
import io.hybnext.model.tokenizer.ImageCodes;

/**
 * Sizes of a Kelix-Tok image tokenizer. The JSON keys are those of the repository's {@code
 * tokenizer_config}; what it does not have carries a leading underscore. Source: spec/kelix.md
 * section 3.
 *
 * @param patchSize pixels p of a patch's side
 * @param channels of the images, 1 or 3
 * @param tableSide side G of the learned position table, patches
 * @param width of the vision encoder
 * @param layers of the vision encoder
 * @param heads of its attention; {@code width / heads} is a multiple of 4
 * @param ffnDim width of its feed-forward layers
 * @param normEps of its norms
 * @param ropeTheta base of its rotary embedding
 * @param llmHidden width of a merged 2x2 cell
 * @param codebookSize entries S of all sub-codebooks together
 * @param codes sub-codebooks N, codes of a block
 * @param codeWidth width d in which codes are compared
 * @param initWidth width of the frozen k-means centres
 * @param outputWidth width of a block's embedding
 * @param meanPooling whether the codes of a block are averaged, not summed
 * @param imageSize side of the square images that {@link KelixTokenizer} takes, pixels ({@code
 *     _image_size}; by default the position table's)
 * @param readOut whether a linear layer from blocks to pixels belongs to it ({@code _read_out})
 */
public record KelixTokConfig(
    int patchSize,
    int channels,
    int tableSide,
    int width,
    int layers,
    int heads,
    int ffnDim,
    double normEps,
    double ropeTheta,
    int llmHidden,
    int codebookSize,
    int codes,
    int codeWidth,
    int initWidth,
    int outputWidth,
    boolean meanPooling,
    int imageSize,
    boolean readOut) {
  /** The repository's name of this model. */
  public static final String MODEL_CLASS = "KeyeImageTokenizer";

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Checks every size.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public KelixTokConfig {
    check(within(patchSize, LARGEST_IMAGE), "patch_size", patchSize, "1 to " + LARGEST_IMAGE);
    check(channels == 1 || channels == 3, "num_channels", channels, "1 (grey) or 3 (RGB)");
    check(
        within(tableSide, LARGEST_IMAGE / patchSize),
        "image_size",
        (long) tableSide * patchSize,
        "at least patch_size, at most " + LARGEST_IMAGE);
    check(within(layers, MOST_BLOCKS), "num_hidden_layers", layers, "1 to " + MOST_BLOCKS);
    check(within(heads, WIDEST), "num_attention_heads", heads, "1 to " + WIDEST);
    check(
        width >= 4 && width <= WIDEST && width % (4 * heads) == 0,
        "hidden_size",
        width,
        "a multiple of 4 num_attention_heads");
    check(within(ffnDim, WIDEST_INNER), "intermediate_size", ffnDim, "1 to " + WIDEST_INNER);
    check(within(llmHidden, WIDEST), "llm_hidden_size", llmHidden, "1 to " + WIDEST);
    check(within(codes, MOST_BLOCKS), "n_q_tokens", codes, "1 to " + MOST_BLOCKS);
    check(
        codebookSize >= 2 * codes && codebookSize <= MOST_SYMBOLS && codebookSize % codes == 0,
        "codebook_size",
        codebookSize,
        "a multiple of n_q_tokens, at least two entries each");
    check(within(codeWidth, WIDEST), "embedding_dim", codeWidth, "1 to " + WIDEST);
    check(within(initWidth, WIDEST), "init_embedding_dim", initWidth, "1 to " + WIDEST);
    check(within(outputWidth, WIDEST), "output_dim", outputWidth, "1 to " + WIDEST);
    check(
        imageSize >= 2 * patchSize
            && imageSize <= LARGEST_IMAGE
            && imageSize % (2 * patchSize) == 0,
        "_image_size",
        imageSize,
        "a multiple of twice patch_size");
  }

  /** Entries K of one sub-codebook. */
  public int entries() {
    return codebookSize / codes;
  }

  /** Pixels of a block's side: two patches. */
  public int blockSize() {
    return 2 * patchSize;
  }

  /** Blocks along one side of an image. */
  public int gridSize() {
    return imageSize / blockSize();
  }

  /** What a tokenizer of these sizes takes and gives. */
  public ImageCodes imageCodes() {
    return new ImageCodes(imageSize, channels, gridSize(), codes, entries());
  }

  /** Blocks P of an image. */
  public int blocks() {
    return gridSize() * gridSize();
  }

  /**
   * Reads the repository's {@code tokenizer_config} object.
   *
   * @throws IllegalArgumentException with key, value and rule
   */
  public static KelixTokConfig fromJson(JsonNode json) {
    JsonNode vision = json.path("vision_config");
    JsonNumbers sizes = new JsonNumbers("vision_config", vision);
    JsonNumbers numbers = new JsonNumbers("", json);
    int patch = sizes.integer("patch_size");
    check(patch > 0, "patch_size", patch, "at least 1");
    int side = sizes.integer("image_size");
    String fusion = json.path("fusion_type").asText("sum");
    check(fusion.equals("sum") || fusion.equals("mean"), "fusion_type", fusion, "one of sum, mean");
    refuse(json, "split_dim");
    refuse(json, "add_voc_reducer");
    refuse(vision, "use_qk_norm");
    return new KelixTokConfig(
        patch,
        sizes.integer("num_channels"),
        side / patch,
        sizes.integer("hidden_size"),
        sizes.integer("num_hidden_layers"),
        sizes.integer("num_attention_heads"),
        sizes.integer("intermediate_size"),
        sizes.number("layer_norm_eps", 1e-6),
        sizes.number("rope_theta", 10000),
        numbers.integer("llm_hidden_size"),
        numbers.integer("codebook_size"),
        numbers.integer("n_q_tokens"),
        numbers.integer("embedding_dim"),
        numbers.integer("init_embedding_dim"),
        numbers.integer("output_dim"),
        fusion.equals("mean"),
        numbers.integer("_image_size", side),
        json.path("_read_out").asBoolean(false));
  }

  private static void refuse(JsonNode json, String option) {
    check(
        !json.path(option).asBoolean(false),
        option,
        json.get(option),
        "false; Kelix leaves it off");
  }

  /** The same as JSON, every key written out. */
  public ObjectNode toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("model_class", MODEL_CLASS);
    ObjectNode vision = json.putObject("vision_config");
    vision.put("image_size", tableSide * patchSize);
    vision.put("patch_size", patchSize);
    vision.put("num_channels", channels);
    vision.put("hidden_size", width);
    vision.put("num_hidden_layers", layers);
    vision.put("num_attention_heads", heads);
    vision.put("intermediate_size", ffnDim);
    vision.put("layer_norm_eps", normEps);
    vision.put("rope_theta", ropeTheta);
    json.put("codebook_size", codebookSize);
    json.put("embedding_dim", codeWidth);
    json.put("init_embedding_dim", initWidth);
    json.put("llm_hidden_size", llmHidden);
    json.put("n_q_tokens", codes);
    json.put("output_dim", outputWidth);
    json.put("fusion_type", meanPooling ? "mean" : "sum");
    json.put("_image_size", imageSize);
    json.put("_read_out", readOut);
    return json;
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(key + " = " + value + ": want " + rule);
    }
  }
}
