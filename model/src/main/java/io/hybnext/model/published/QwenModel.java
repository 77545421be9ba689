package io.hybnext.model.published;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.model.qwen.QwenConfig;
import io.hybnext.model.qwen.QwenNames;
import io.hybnext.model.weights.CheckpointException;
import java.util.Set;

/** Qwen3 in transformers' layout; the output matrix may be the table of embeddings. */
final class QwenModel implements PublishedModel {
  private static final String TOKENS = "model.embed_tokens.weight";
  private static final String FIRST = "model.layers.0.";
  private static final String HEAD_NORM = FIRST + "self_attn.q_norm.weight";

  @Override
  public String kind() {
    return "qwen3";
  }

  @Override
  public boolean recognises(Set<String> keys) {
    return keys.contains(TOKENS)
        && keys.contains(HEAD_NORM)
        && !keys.contains(FIRST + "self_attn.q_norm.bias");
  }

  @Override
  public String settingsKey() {
    return "hidden_size";
  }

  @Override
  public Identified identify(KeyShapes keys, Hints hints) throws CheckpointException {
    boolean given = hints.config().filter(this::reads).isPresent();
    ObjectNode json = given ? hints.config().get().deepCopy() : derived(keys).toJson();
    QwenConfig config = QwenConfig.fromJson(json);
    String description =
        String.format(
            "Qwen3, %d blocks of width %d, vocabulary of %d%s",
            config.layers(),
            config.hiddenSize(),
            config.vocabSize(),
            config.tied() ? ", which is its output matrix too" : "");
    return new Identified(
        kind(),
        description,
        json,
        Identified.USUAL_CONFIG,
        LlamaGenModel.shapes(config.layout()),
        key -> key.startsWith(PROJECTOR),
        key ->
            key.endsWith("rotary_emb.inv_freq") || (config.tied() && key.equals(QwenNames.HEAD)));
  }

  private static QwenConfig derived(KeyShapes keys) throws CheckpointException {
    int head = keys.length(HEAD_NORM, 0);
    if (head == 0) {
      throw keys.defect("has heads of no width");
    }
    return new QwenConfig(
        keys.length(TOKENS, 0),
        keys.length(TOKENS, 1),
        keys.count("model.layers."),
        keys.length(FIRST + "self_attn.q_proj.weight", 0) / head,
        keys.length(FIRST + "self_attn.k_proj.weight", 0) / head,
        head,
        keys.length(FIRST + "mlp.gate_proj.weight", 0),
        QwenConfig.PUBLISHED_ROPE_THETA,
        QwenConfig.PUBLISHED_NORM_EPS,
        !keys.has(QwenNames.HEAD),
        0.02);
  }
}
