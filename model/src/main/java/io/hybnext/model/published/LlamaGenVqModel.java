package io.hybnext.model.published;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqWeights;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.TorchFile;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** LlamaGen's VQ-8 and VQ-16 tokenizers. */
final class LlamaGenVqModel implements PublishedModel {
  private static final String FIRST = "encoder.conv_in.weight";

  @Override
  public String kind() {
    return "llamagen-vq";
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.contains(VqWeights.CODEBOOK)
        && keys.contains("encoder.conv_blocks.0.res.0.conv1.weight");
  }

  @Override
  public List<String> stateDicts() {
    return TorchFile.EMA_FIRST;
  }

  @Override
  public String torchKey() {
    return "model";
  }

  @Override
  public Map<String, long[]> buffers() {
    return Map.of(VqWeights.CODEBOOK_USED, new long[] {VqWeights.CODEBOOK_USED_LENGTH});
  }

  @Override
  public String settingsKey() {
    return "encoder_ch_mult";
  }

  @Override
  public Identified identify(KeyShapes keys, Hints hints) throws CheckpointException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (hints.config().filter(this::reads).isPresent()) {
      json = hints.config().get().deepCopy();
    } else {
      derive(json, keys);
    }
    if (hints.imageSize().isPresent()) {
      json.put("_image_size", hints.imageSize().getAsInt());
    }
    VqConfig config = VqConfig.fromJson(json);
    String description =
        String.format(
            "LlamaGen VQ-%d, %d codes of length %d",
            config.reductionFactor(), config.codebookSize(), config.codebookEmbedDim());
    return new Identified(
        kind(),
        description,
        config.toJson(),
        Identified.USUAL_CONFIG,
        VqWeights.shapes(config),
        VqWeights.CODEBOOK_USED::equals,
        key -> false);
  }

  private static void derive(ObjectNode json, KeyShapes keys) throws CheckpointException {
    int ch = keys.length(FIRST, 0);
    json.put("codebook_size", keys.length(VqWeights.CODEBOOK, 0));
    json.put("codebook_embed_dim", keys.length(VqWeights.CODEBOOK, 1));
    json.put("z_channels", keys.length("encoder.conv_out.weight", 0));
    json.put("_ch", ch);
    json.put("_in_channels", keys.length(FIRST, 1));
    json.put("_num_res_blocks", keys.count("encoder.conv_blocks.0.res."));
    json.put("_decoder_num_res_blocks", keys.count("decoder.conv_blocks.0.res."));
    int levels = keys.count("encoder.conv_blocks.");
    int decoderCh = keys.length("decoder.norm_out.weight", 0);
    ArrayNode encoder = json.putArray("encoder_ch_mult");
    ArrayNode decoder = json.putArray("decoder_ch_mult");
    for (int level = 0; level < levels; level++) {
      encoder.add(width(keys, "encoder", level) / ch);
      decoder.add(width(keys, "decoder", levels - 1 - level) / ch);
    }
    json.put("_decoder_ch", decoderCh / decoder.get(0).intValue());
  }

  private static int width(KeyShapes keys, String side, int level) throws CheckpointException {
    return keys.length(side + ".conv_blocks." + level + ".res.0.conv1.weight", 0);
  }
}
