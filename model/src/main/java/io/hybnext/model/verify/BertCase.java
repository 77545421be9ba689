package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tower.BertConfig;
import io.hybnext.model.tower.BertKeys;
import io.hybnext.model.tower.BertTower;
import io.hybnext.model.tower.TowerJson;
import java.io.IOException;

/** BioMedCLIP's text tower, in both key layouts and with both poolings of open_clip. */
final class BertCase implements CaseKind {
  @Override
  public String name() {
    return "encoder-biomedclip-text";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.path("text_tower").asBoolean(false);
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    ObjectNode open = reference.config().path("open_clip").deepCopy();
    Weights weights = new Weights(engine, precision, reference, compare);
    weights.check(TowerJson.openClipText(open), BertKeys.OPEN_CLIP, "model", "text_embeds");
    ((ObjectNode) open.at("/model_cfg/text_cfg")).put("hf_pooler_type", "cls_pooler");
    weights.check(
        TowerJson.openClipText(open), BertKeys.OPEN_CLIP, "model", "text_embeds_cls_pooler");
    JsonNode port = reference.config().path("transformers_port");
    weights.check(
        TowerJson.biomedClipPortText(port), BertKeys.TRANSFORMERS, "model_hf", "text_embeds");
  }

  /** What the checks of all layouts share. */
  private record Weights(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare) {
    void check(BertConfig config, BertKeys keys, String file, String embeddings)
        throws IOException {
      try (Scope scope = engine.openScope("verify");
          BertTower tower =
              BertTower.load(engine, config, keys, reference.weights(file), precision)) {
        long[] shape = reference.shape("io", "input_ids");
        Array ids = scope.longs(reference.longs("io", "input_ids"), shape);
        Array tokens = tower.tokens(scope, ids);
        compare.forward("last_hidden_state", tokens.toFloats());
        compare.forward(embeddings, tower.embedding(scope, tokens).toFloats());
      }
    }
  }
}
