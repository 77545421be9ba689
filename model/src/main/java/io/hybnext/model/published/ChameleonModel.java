package io.hybnext.model.published;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonJson;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.weights.CheckpointException;
import java.util.Set;

/**
 * Chameleon and what was fine-tuned from it (Lumina-mGPT, ARRA), in transformers' layout, with
 * ARRA's projector or without.
 */
final class ChameleonModel implements PublishedModel {
  private static final String TOKENS = "model.embed_tokens.weight";
  private static final String HEAD_NORM = "model.layers.0.self_attn.q_norm.weight";
  private static final String FEATURE = "adaptor.layers.2.weight";
  private static final String IMAGE_TOKENIZER = "model.vqmodel.";

  @Override
  public String kind() {
    return "chameleon";
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.contains(TOKENS)
        && keys.contains(HEAD_NORM)
        && keys.contains("model.layers.0.self_attn.q_norm.bias");
  }

  @Override
  public String settingsKey() {
    return "vocabulary_map";
  }

  @Override
  public Identified identify(KeyShapes keys, Hints hints) throws CheckpointException {
    ObjectNode json =
        hints
            .config()
            .filter(this::reads)
            .orElseThrow(
                () ->
                    keys.defect(
                        "needs its config.json with vocabulary_map, which says what ids are image"
                            + " codes: put it beside the weights or name it with --config"))
            .deepCopy();
    if (keys.rank(HEAD_NORM) == 2) { // model shards in the original files, heads in newer ones
      json.put("model_parallel_size", keys.length(HEAD_NORM, 0));
    }
    ChameleonConfig config = ChameleonJson.read(json);
    boolean aligned = keys.has(FEATURE);
    ParameterLayout layout = config.layout();
    if (aligned) {
      layout = layout.withProjector(config.width(), keys.length(FEATURE, 0), false);
    }
    String description =
        String.format(
            "Chameleon, %d blocks of width %d, vocabulary of %d, %s ARRA's projector",
            config.depth(),
            config.width(),
            config.vocabulary().size(),
            aligned ? "with" : "without");
    return new Identified(
        kind(),
        description,
        json,
        Identified.USUAL_CONFIG,
        LlamaGenModel.shapes(layout),
        key -> false,
        key -> key.startsWith(IMAGE_TOKENIZER) || key.endsWith("rotary_emb.inv_freq"));
  }
}
