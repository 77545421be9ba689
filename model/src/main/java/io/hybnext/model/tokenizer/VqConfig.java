package io.hybnext.model.tokenizer;

import static io.hybnext.model.network.SizeLimits.LARGEST_IMAGE;
import static io.hybnext.model.network.SizeLimits.MOST_BLOCKS;
import static io.hybnext.model.network.SizeLimits.MOST_LEVELS;
import static io.hybnext.model.network.SizeLimits.MOST_SYMBOLS;
import static io.hybnext.model.network.SizeLimits.WIDEST;
import static io.hybnext.model.network.SizeLimits.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.network.JsonNumbers;
import io.hybnext.model.network.SettingsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Sizes of a VQ tokenizer. The JSON keys are those of LlamaGen's {@code ModelArgs}, or of
 * Chameleon's {@code vqgan.yaml}; what the originals fix in code has a key with a leading
 * underscore here, and their value as its default.
 *
 * @param codebookSize number of codes K
 * @param codebookEmbedDim length of a code D
 * @param codebookL2Norm whether latents and codes are compared and decoded as unit vectors
 * @param commitLossBeta weight of the commitment loss
 * @param entropyLossRatio weight of the entropy loss
 * @param encoderChMult channels of each encoder level in multiples of {@code ch}, finest first
 * @param decoderChMult the same for the decoder, finest first too
 * @param zChannels channels between encoder and quantiser
 * @param ch base channels of the encoder ({@code _ch}, 128)
 * @param decoderCh base channels of the decoder ({@code _decoder_ch}, as the encoder)
 * @param numResBlocks residual blocks a level in the encoder ({@code _num_res_blocks}, 2)
 * @param decoderNumResBlocks the same in the decoder ({@code _decoder_num_res_blocks}, one more)
 * @param normNumGroups groups of every group norm ({@code _norm_num_groups}, 32)
 * @param normEps epsilon of every group norm ({@code _norm_eps}, 1e-6)
 * @param inChannels image channels ({@code _in_channels}, 3)
 * @param imageSize side of the square images in pixels ({@code _image_size}, 256)
 * @param pixelShuffle side of the pixel squares that become channels before the encoder and are
 *     spread out again after the decoder; 1, as in LlamaGen, for none ({@code _pixel_shuffle})
 * @param refineChannels channels a pixel in the two convolutions that follow the spreading; not
 *     used where {@code pixelShuffle} is 1 ({@code _refine_channels}, 8)
 * @param family whose key names, losses and rounding it has
 */
public record VqConfig(
    int codebookSize,
    int codebookEmbedDim,
    boolean codebookL2Norm,
    double commitLossBeta,
    double entropyLossRatio,
    List<Integer> encoderChMult,
    List<Integer> decoderChMult,
    int zChannels,
    int ch,
    int decoderCh,
    int numResBlocks,
    int decoderNumResBlocks,
    int normNumGroups,
    double normEps,
    int inChannels,
    int imageSize,
    int pixelShuffle,
    int refineChannels,
    VqFamily family) {

  private static final Set<String> KNOWN =
      Set.of(
          "codebook_size",
          "codebook_embed_dim",
          "codebook_l2_norm",
          "codebook_show_usage",
          "commit_loss_beta",
          "entropy_loss_ratio",
          "encoder_ch_mult",
          "decoder_ch_mult",
          "z_channels",
          "dropout_p");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the lists and checks every size. */
  public VqConfig {
    encoderChMult = List.copyOf(encoderChMult);
    decoderChMult = List.copyOf(decoderChMult);
    check(
        codebookSize >= 2 && codebookSize <= MOST_SYMBOLS,
        "codebook_size",
        codebookSize,
        "2 to " + MOST_SYMBOLS);
    check(
        within(codebookEmbedDim, WIDEST), "codebook_embed_dim", codebookEmbedDim, "1 to " + WIDEST);
    check(
        within(encoderChMult.size(), MOST_LEVELS),
        "encoder_ch_mult",
        encoderChMult,
        "1 to " + MOST_LEVELS + " levels");
    check(
        encoderChMult.size() == decoderChMult.size(),
        "decoder_ch_mult",
        decoderChMult,
        "as many levels as encoder_ch_mult");
    check(within(zChannels, WIDEST), "z_channels", zChannels, "1 to " + WIDEST);
    check(
        within(numResBlocks, MOST_BLOCKS), "_num_res_blocks", numResBlocks, "1 to " + MOST_BLOCKS);
    check(
        within(decoderNumResBlocks, MOST_BLOCKS + 1),
        "_decoder_num_res_blocks",
        decoderNumResBlocks,
        "1 to " + (MOST_BLOCKS + 1));
    check(inChannels == 1 || inChannels == 3, "_in_channels", inChannels, "1 (grey) or 3 (RGB)");
    check(within(pixelShuffle, MOST_BLOCKS), "_pixel_shuffle", pixelShuffle, "1 to " + MOST_BLOCKS);
    check(within(refineChannels, WIDEST), "_refine_channels", refineChannels, "1 to " + WIDEST);
    check(within(ch, WIDEST), "_ch", ch, "1 to " + WIDEST);
    check(within(decoderCh, WIDEST), "_decoder_ch", decoderCh, "1 to " + WIDEST);
    check(normNumGroups >= 1, "_norm_num_groups", normNumGroups, "at least 1");
    check(
        ch % normNumGroups == 0 && decoderCh % normNumGroups == 0,
        "_norm_num_groups",
        normNumGroups,
        "a divisor of _ch and _decoder_ch");
    int factor = pixelShuffle << (encoderChMult.size() - 1);
    check(
        imageSize >= factor && imageSize <= LARGEST_IMAGE && imageSize % factor == 0,
        "_image_size",
        imageSize,
        "a multiple of the reduction factor " + factor);
  }

  /** Pixels of an image side that one side of a latent cell covers (f = 8, 16, ...). */
  public int reductionFactor() {
    return pixelShuffle << (encoderChMult.size() - 1);
  }

  /** Cells along one side of the latent grid. */
  public int gridSize() {
    return imageSize / reductionFactor();
  }

  /** Codebook indices an image. */
  public int tokensPerImage() {
    return gridSize() * gridSize();
  }

  /** What a tokenizer of these sizes takes and gives. */
  public ImageCodes imageCodes() {
    return new ImageCodes(imageSize, inChannels, gridSize(), 1, codebookSize);
  }

  /**
   * Reads a JSON file.
   *
   * @throws IllegalArgumentException when a key is unknown or a value impossible; the message names
   *     file, key, value and rule
   * @throws IOException with a sentence when the file is missing or holds no JSON object
   */
  public static VqConfig read(Path file) throws IOException {
    try {
      return fromJson(SettingsFile.read(file));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("tokenizer settings " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a JSON object; see {@link #read}. Unknown keys with a leading underscore are ignored; one
   * with {@code ddconfig} is Chameleon's.
   */
  public static VqConfig fromJson(JsonNode json) {
    if (json.has("ddconfig")) {
      return ChameleonVqJson.read(json);
    }
    json.fieldNames()
        .forEachRemaining(
            key ->
                check(
                    key.startsWith("_") || KNOWN.contains(key),
                    key,
                    json.get(key),
                    "one of the keys " + new java.util.TreeSet<>(KNOWN)));
    JsonNumbers numbers = new JsonNumbers("", json);
    int ch = numbers.integer("_ch", 128);
    int resBlocks = numbers.integer("_num_res_blocks", 2);
    return new VqConfig(
        numbers.integer("codebook_size", 16384),
        numbers.integer("codebook_embed_dim", 8),
        json.path("codebook_l2_norm").asBoolean(true),
        numbers.number("commit_loss_beta", 0.25),
        numbers.number("entropy_loss_ratio", 0),
        integers(json, "encoder_ch_mult"),
        integers(json, "decoder_ch_mult"),
        numbers.integer("z_channels", 256),
        ch,
        numbers.integer("_decoder_ch", ch),
        resBlocks,
        numbers.integer("_decoder_num_res_blocks", resBlocks + 1),
        numbers.integer("_norm_num_groups", 32),
        numbers.number("_norm_eps", 1e-6),
        numbers.integer("_in_channels", 3),
        numbers.integer("_image_size", 256),
        numbers.integer("_pixel_shuffle", 1),
        numbers.integer("_refine_channels", 8),
        VqFamily.LLAMAGEN);
  }

  /** The settings as JSON, every key written out. */
  public ObjectNode toJson() {
    if (family == VqFamily.CHAMELEON) {
      return ChameleonVqJson.write(this);
    }
    ObjectNode json = JSON.createObjectNode();
    json.put("codebook_size", codebookSize);
    json.put("codebook_embed_dim", codebookEmbedDim);
    json.put("codebook_l2_norm", codebookL2Norm);
    json.put("commit_loss_beta", commitLossBeta);
    json.put("entropy_loss_ratio", entropyLossRatio);
    encoderChMult.forEach(json.putArray("encoder_ch_mult")::add);
    decoderChMult.forEach(json.putArray("decoder_ch_mult")::add);
    json.put("z_channels", zChannels);
    json.put("dropout_p", 0.0);
    json.put("_ch", ch);
    json.put("_decoder_ch", decoderCh);
    json.put("_num_res_blocks", numResBlocks);
    json.put("_decoder_num_res_blocks", decoderNumResBlocks);
    json.put("_norm_num_groups", normNumGroups);
    json.put("_norm_eps", normEps);
    json.put("_in_channels", inChannels);
    json.put("_image_size", imageSize);
    json.put("_pixel_shuffle", pixelShuffle);
    json.put("_refine_channels", refineChannels);
    return json;
  }

  static List<Integer> integers(JsonNode json, String key) {
    JsonNode list = json.get(key);
    if (list == null) {
      return List.of(1, 1, 2, 2, 4);
    }
    List<Integer> values = new ArrayList<>();
    for (JsonNode element : list) {
      check(
          element.isInt() && element.intValue() > 0, key, list, "a list of whole numbers above 0");
      values.add(element.intValue());
    }
    return values;
  }

  static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException(key + " = " + value + ": want " + rule);
    }
  }
}
