package io.hybnext.model.published;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.weights.CheckpointException;
import java.util.Set;

/** Kelix's block language model under its repository's names (spec/kelix.md section 5.7). */
final class KelixModel implements PublishedModel {
  private static final String TOKENS = "model.model.tok_embeddings.embed_tokens.weight";
  private static final String DECODER = "model.model.token_head.input_linear.weight";

  @Override
  public String kind() {
    return "kelix";
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.contains(TOKENS) && keys.contains(DECODER);
  }

  @Override
  public String settingsKey() {
    return "qwen_config";
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
                        "needs its config.json with qwen_config and token_decoder_config, which say"
                            + " what ids are codes: put it beside the weights or name it with"
                            + " --config"))
            .deepCopy();
    NbpConfig config = NbpConfig.fromJson(json);
    String description =
        String.format(
            "Kelix, %d blocks of width %d, %d codes of %d entries a position",
            config.depth(), config.width(), config.codes(), config.entries());
    return new Identified(
        kind(),
        description,
        json,
        Identified.USUAL_CONFIG,
        LlamaGenModel.shapes(config.layout()),
        key -> NbpConfig.UNUSED.contains(key) || key.startsWith(PROJECTOR),
        key -> false);
  }
}
