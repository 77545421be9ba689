package io.hybnext.model.verify;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tower.Preprocessing;
import io.hybnext.model.tower.TowerJson;
import io.hybnext.model.tower.VitConfig;
import io.hybnext.model.tower.VitKeys;
import io.hybnext.model.tower.VitTower;
import java.io.IOException;

/** Vision towers with a class token: BioMedCLIP in both key layouts, or CLIP. */
final class VitCase implements CaseKind {
  private final boolean biomed;

  private VitCase(boolean biomed) {
    this.biomed = biomed;
  }

  static VitCase biomedClip() {
    return new VitCase(true);
  }

  static VitCase clip() {
    return new VitCase(false);
  }

  @Override
  public String name() {
    return biomed ? "encoder-biomedclip" : "encoder-clip-l";
  }

  @Override
  public boolean recognises(JsonNode config) {
    return biomed
        ? config.at("/open_clip/model_cfg/vision_cfg").isObject() && config.has("transformers_port")
        : config.path("model_type").asText().equals("clip_vision_model");
  }

  @Override
  public void check(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    if (biomed) {
      biomedClip(engine, precision, reference, compare);
    } else {
      JsonNode json = reference.config();
      VitConfig config = TowerJson.clip(json, json.path("projection_dim").asInt());
      try (Scope scope = engine.openScope("verify");
          VitTower tower =
              VitTower.load(
                  engine, config, VitKeys.TRANSFORMERS, reference.weights("model"), precision)) {
        clip(scope, tower, reference, compare);
        PreprocessingCheck images = new PreprocessingCheck(reference, compare);
        int size = config.imageSize();
        images.check(scope, Preprocessing.clip(size), "_pixel_values_hf", tower::pixels);
        images.check(scope, Preprocessing.openClip(size), "_pixel_values_open_clip", tower::pixels);
      }
    }
  }

  private static void clip(Scope scope, VitTower tower, ReferenceCase reference, Comparison compare)
      throws IOException {
    Array tokens = tower.embed(scope, pixels(scope, reference));
    compare.forward("hidden_states_0", tokens.toFloats());
    for (int i = 0; i < tower.config().depth(); i++) {
      if (i == tower.config().depth() - 1) {
        compare.forward("hidden_states_penultimate", tokens.toFloats());
      }
      tokens = tower.block(scope, i, tokens);
    }
    compare.forward("last_hidden_state", tokens.toFloats());
    Array pooled = tower.classToken(scope, tokens);
    compare.forward("pooler_output", pooled.toFloats());
    float[] embeddings = tower.project(scope, pooled).toFloats();
    compare.forward("image_embeds", embeddings);
    compare.forward("image_embeds_l2", unit(embeddings, tower.config().projectionDim()));
  }

  private static void biomedClip(
      TorchEngine engine, Precision precision, ReferenceCase reference, Comparison compare)
      throws IOException {
    JsonNode open = reference.config().path("open_clip");
    JsonNode port = reference.config().path("transformers_port");
    VitConfig config = TowerJson.openClip(open);
    try (Scope scope = engine.openScope("verify");
        VitTower tower =
            VitTower.load(
                engine, config, VitKeys.OPEN_CLIP, reference.weights("model"), precision)) {
      Array tokens = tower.tokens(scope, pixels(scope, reference));
      compare.forward("oc_tokens_normed", tower.normed(scope, tokens).toFloats());
      Array first = tower.classToken(scope, tokens);
      compare.forward("oc_cls", first.toFloats());
      float[] embeddings = tower.project(scope, first).toFloats();
      compare.forward("oc_image_embeds", embeddings);
      compare.forward("oc_image_embeds_l2", unit(embeddings, config.projectionDim()));
      PreprocessingCheck images = new PreprocessingCheck(reference, compare);
      int size = config.imageSize();
      images.check(scope, Preprocessing.clip(size), "_pixel_values_hf", tower::pixels);
      images.check(scope, Preprocessing.openClip(size), "_pixel_values_open_clip", tower::pixels);
      images.checkSizes(Preprocessing::clip);
    }
    VitConfig ported =
        TowerJson.biomedClipPort(port.path("vision_config"), port.path("projection_dim").asInt());
    try (Scope scope = engine.openScope("verify");
        VitTower tower =
            VitTower.load(
                engine, ported, VitKeys.TRANSFORMERS, reference.weights("model_hf"), precision)) {
      Array tokens = tower.tokens(scope, pixels(scope, reference));
      compare.forward("hf_last_hidden_state", tokens.toFloats());
      Array pooled = tower.classToken(scope, tokens);
      compare.forward("hf_pooler_output", pooled.toFloats());
      compare.forward("hf_image_embeds", tower.project(scope, pooled).toFloats());
      compare.forward("hf_projected_last_hidden_state", tower.project(scope, tokens).toFloats());
    }
  }

  static Array pixels(Scope scope, ReferenceCase reference) throws IOException {
    return scope.floats(
        reference.floats("io", "pixel_values"), reference.shape("io", "pixel_values"));
  }

  /** Rows of a matrix divided by their lengths. */
  static float[] unit(float[] rows, int length) {
    float[] unit = new float[rows.length];
    for (int from = 0; from < rows.length; from += length) {
      double square = 0;
      for (int i = from; i < from + length; i++) {
        square += (double) rows[i] * rows[i];
      }
      for (int i = from; i < from + length; i++) {
        unit[i] = (float) (rows[i] / Math.sqrt(square));
      }
    }
    return unit;
  }
}
