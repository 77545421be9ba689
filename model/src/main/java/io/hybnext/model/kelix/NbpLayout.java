package io.hybnext.model.kelix;

import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Builder;
import io.hybnext.model.qwen.QwenLayout;
import io.hybnext.model.qwen.QwenNames;

/** The buckets of a block language model, under the repository's names (spec/kelix.md 5.7). */
final class NbpLayout {
  private static final String DECODER = "model.model.token_head.";
  private static final String[] MATRICES = {
    "attn.q_proj.weight",
    "attn.k_proj.weight",
    "attn.v_proj.weight",
    "attn.output_proj.weight",
    "mlp.w1.weight",
    "mlp.w3.weight",
    "mlp.w2.weight"
  };
  private static final String[] VECTORS = {
    "attn.q_proj.bias",
    "attn.k_proj.bias",
    "attn.v_proj.bias",
    "attn.output_proj.bias",
    "sa_norm.weight",
    "sa_norm.bias",
    "mlp_norm.weight",
    "mlp_norm.bias"
  };
  private static final int FFN = 4; // of MATRICES: gate, up, down

  private NbpLayout() {}

  /** Output matrix and block decoder are the head; its matrices come first. */
  static ParameterLayout of(NbpConfig config) {
    int width = config.width();
    int inner = config.innerWidth();
    Builder head = new Builder("token_head");
    head.add(QwenNames.HEAD, config.backbone().vocabSize(), width);
    head.add(DECODER + "input_linear.weight", inner, width);
    head.add(DECODER + "position_embedding.weight", config.places(), inner);
    head.add(DECODER + "output_linear.weight", width, inner);
    for (int layer = 0; layer < config.innerLayers(); layer++) {
      for (int i = 0; i < MATRICES.length; i++) {
        boolean down = i == MATRICES.length - 1;
        int out = i >= FFN && !down ? config.innerFfn() : inner;
        head.add(name(layer, MATRICES[i]), out, down ? config.innerFfn() : inner);
      }
    }
    head.add(DECODER + "input_linear.bias", inner);
    head.add(DECODER + "output_linear.bias", width);
    for (int layer = 0; layer < config.innerLayers(); layer++) {
      for (String vector : VECTORS) {
        head.add(name(layer, vector), inner);
      }
    }
    head.add(QwenNames.KELIX.norm(), width);
    return QwenLayout.backbone(config.backbone(), QwenNames.KELIX, head.build());
  }

  private static String name(int layer, String part) {
    return DECODER + "transformer.layers." + layer + "." + part;
  }

  /** Number of the head's first vector. */
  static int vectors(NbpConfig config) {
    return 4 + MATRICES.length * config.innerLayers();
  }
}
