package io.hybnext.model.chameleon;

import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Builder;
import java.util.ArrayList;
import java.util.List;

/** Where Chameleon's parameters lie, under the key names of its published checkpoints. */
final class ChameleonLayout {
  private ChameleonLayout() {}

  static ParameterLayout of(ChameleonConfig config) {
    int dim = config.hiddenSize();
    int vocabulary = config.vocabulary().size();
    List<Bucket> buckets = new ArrayList<>();
    buckets.add(
        new Builder("embeddings").add("model.embed_tokens.weight", vocabulary, dim).build());
    for (int block = 0; block < config.numHiddenLayers(); block++) {
      buckets.add(block(config, block));
    }
    buckets.add(
        new Builder("output")
            .add("lm_head.weight", vocabulary, dim)
            .add("model.norm.weight", dim)
            .build());
    return new ParameterLayout(buckets, List.of());
  }

  /** What one product computes lies side by side: queries, keys and values; gate and up. */
  private static Bucket block(ChameleonConfig config, int block) {
    int dim = config.hiddenSize();
    int inner = config.intermediateSize();
    int rows = config.normRows();
    int head = config.headDim();
    String prefix = "model.layers." + block + ".";
    return new Builder("layers." + block)
        .add(prefix + "self_attn.q_proj.weight", dim, dim)
        .add(prefix + "self_attn.k_proj.weight", dim, dim)
        .add(prefix + "self_attn.v_proj.weight", dim, dim)
        .add(prefix + "self_attn.o_proj.weight", dim, dim)
        .add(prefix + "mlp.gate_proj.weight", inner, dim)
        .add(prefix + "mlp.up_proj.weight", inner, dim)
        .add(prefix + "mlp.down_proj.weight", dim, inner)
        .add(prefix + "input_layernorm.weight", dim)
        .add(prefix + "post_attention_layernorm.weight", dim)
        .add(prefix + "self_attn.q_norm.weight", rows, head)
        .add(prefix + "self_attn.q_norm.bias", rows, head)
        .add(prefix + "self_attn.k_norm.weight", rows, head)
        .add(prefix + "self_attn.k_norm.bias", rows, head)
        .build();
  }

  /** Lengths of what the block kernel splits its bucket into. */
  static List<Integer> blockSizes(ChameleonConfig config) {
    int dim = config.hiddenSize();
    int inner = config.intermediateSize();
    int norms = 4 * config.normRows() * config.headDim();
    return List.of(3 * dim * dim, dim * dim, 2 * inner * dim, dim * inner, dim, dim, norms);
  }
}
