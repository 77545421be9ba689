package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tower.Preprocessing;
import io.hybnext.model.tower.SamConfig;
import io.hybnext.model.tower.SamKeys;
import io.hybnext.model.tower.SamTower;
import io.hybnext.model.tower.TowerJson;
import java.io.IOException;

/** The image encoder of SAM and MedSAM, in both key layouts. */
final class SamCase implements CaseKind {
  @Override
  public String name() {
    return "encoder-medsam";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return config.path("model_type").asText().equals("sam_vision_model");
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    SamConfig config = TowerJson.sam(reference.config());
    for (SamKeys keys : SamKeys.values()) {
      String file = keys == SamKeys.TRANSFORMERS ? "model" : "model_sam_original";
      try (Scope scope = engine.openScope("verify");
          SamTower tower =
              SamTower.load(engine, config, keys, reference.weights(file), precision)) {
        forward(scope, tower, reference, compare);
        if (keys == SamKeys.TRANSFORMERS) {
          new PreprocessingCheck(reference, compare)
              .check(scope, Preprocessing.sam(config.imageSize()), "_pixel_values", tower::pixels);
        }
      }
    }
  }

  private static void forward(
      Scope scope, SamTower tower, ReferenceCase reference, Comparison compare) throws IOException {
    Array tokens = tower.embed(scope, VitCase.pixels(scope, reference));
    for (int i = 0; i < tower.config().depth(); i++) {
      tokens = tower.block(scope, i, tokens);
      compare.forward("layer" + (i + 1) + "_output", tokens.toFloats());
    }
    Array grid = tower.neck(scope, tokens);
    compare.forward("last_hidden_state", tower.channelsFirst(scope, grid).toFloats());
    compare.forward("pooled", tower.gridMean(scope, grid).toFloats());
  }
}
