package io.hybnext.model.published;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqWeights;
import io.hybnext.model.weights.CheckpointException;
import java.util.Set;

/** Chameleon's image tokenizer, {@code vqgan.ckpt}. */
final class ChameleonVqModel implements PublishedModel {
  private static final String FIRST = "encoder.conv_in.weight";

  @Override
  public String kind() {
    return "chameleon-vq";
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.contains(VqWeights.CODEBOOK)
        && keys.contains("encoder.down.0.block.0.conv1.weight");
  }

  @Override
  public String torchKey() {
    return "state_dict";
  }

  @Override
  public String settingsKey() {
    return "ddconfig";
  }

  @Override
  public Identified identify(KeyShapes keys, Hints hints) throws CheckpointException {
    ObjectNode json =
        hints.config().filter(this::reads).isPresent()
            ? hints.config().get().deepCopy()
            : derived(keys);
    if (hints.imageSize().isPresent()) {
      json.put("_image_size", hints.imageSize().getAsInt());
    }
    VqConfig config = VqConfig.fromJson(json);
    String description =
        String.format(
            "Chameleon VQ-GAN, f%d, %d codes of length %d, %d pixels",
            config.reductionFactor(),
            config.codebookSize(),
            config.codebookEmbedDim(),
            config.imageSize());
    return new Identified(
        kind(),
        description,
        config.toJson(),
        Identified.USUAL_CONFIG,
        VqWeights.shapes(config),
        key -> false,
        key -> key.startsWith("loss.")); // the perceptual and adversarial networks of its training
  }

  private static ObjectNode derived(KeyShapes keys) throws CheckpointException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode sizes = json.putObject("ddconfig");
    int ch = keys.length(FIRST, 0);
    sizes.put("ch", ch);
    sizes.put("in_channels", keys.length(FIRST, 1));
    sizes.put("out_ch", keys.length("decoder.conv_out.weight", 0));
    sizes.put("z_channels", keys.length("encoder.conv_out.weight", 0));
    sizes.put("num_res_blocks", keys.count("encoder.down.0.block."));
    ArrayNode multiples = sizes.putArray("ch_mult");
    for (int level = 0; level < keys.count("encoder.down."); level++) {
      multiples.add(keys.length("encoder.down." + level + ".block.0.conv1.weight", 0) / ch);
    }
    json.put("n_embed", keys.length(VqWeights.CODEBOOK, 0));
    json.put("embed_dim", keys.length(VqWeights.CODEBOOK, 1));
    return json;
  }
}
