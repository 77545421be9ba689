package io.hybnext.model.tower;

import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.util.List;

/**
 * Key layouts of vision transformers. Canonical names: {@code patch.weight}, {@code patch.bias},
 * {@code class}, {@code position}, {@code pre_norm.*}, {@code blocks.N.} with {@code norm1}, {@code
 * qkv}, {@code out}, {@code norm2}, {@code fc1}, {@code fc2}, {@code norm.*}, {@code projection}.
 */
public enum VitKeys {
  /** timm inside open_clip: {@code visual.trunk.*}, fused queries, keys and values. */
  OPEN_CLIP {
    @Override
    public WeightMap map(VitConfig config) {
      WeightMap map = new WeightMap(key -> !key.startsWith("visual."));
      long d = config.width();
      String trunk = "visual.trunk.";
      patch(map, config, trunk + "patch_embed.proj");
      map.addReshaped("class", trunk + "cls_token", new long[] {1, 1, d}, d);
      long tokens = config.tokens();
      long[] positions = {1, tokens, d};
      map.addReshaped("position", trunk + "pos_embed", positions, tokens, d);
      for (int i = 0; i < config.depth(); i++) {
        String to = "blocks." + i + ".";
        String from = trunk + to;
        pair(map, to + "norm1", from + "norm1", d);
        pair(map, to + "qkv", from + "attn.qkv", 3 * d, d);
        pair(map, to + "out", from + "attn.proj", d, d);
        pair(map, to + "norm2", from + "norm2", d);
        pair(map, to + "fc1", from + "mlp.fc1", config.mlpWidth(), d);
        pair(map, to + "fc2", from + "mlp.fc2", d, config.mlpWidth());
      }
      pair(map, "norm", trunk + "norm", d);
      map.add("projection", "visual.head.proj.weight", config.projectionDim(), d);
      return map;
    }
  },
  /** transformers' CLIP and the BioMedCLIP port: {@code vision_model.*}. */
  TRANSFORMERS {
    @Override
    public WeightMap map(VitConfig config) {
      WeightMap map = new WeightMap(VitKeys::foreignInTransformers);
      long d = config.width();
      String root = "vision_model.";
      patch(map, config, root + "embeddings.patch_embedding");
      map.add("class", root + "embeddings.class_embedding", d);
      map.add("position", root + "embeddings.position_embedding.weight", config.tokens(), d);
      if (config.preNorm()) {
        pair(map, "pre_norm", root + "pre_layrnorm", d);
      }
      for (int i = 0; i < config.depth(); i++) {
        String to = "blocks." + i + ".";
        String from = root + "encoder.layers." + i + ".";
        pair(map, to + "norm1", from + "layer_norm1", d);
        queriesKeysValues(map, to + "qkv", from + "self_attn.", d);
        pair(map, to + "out", from + "self_attn.out_proj", d, d);
        pair(map, to + "norm2", from + "layer_norm2", d);
        pair(map, to + "fc1", from + "mlp.fc1", config.mlpWidth(), d);
        pair(map, to + "fc2", from + "mlp.fc2", d, config.mlpWidth());
      }
      pair(map, "norm", root + "post_layernorm", d);
      map.add("projection", "visual_projection.weight", config.projectionDim(), d);
      return map;
    }
  };

  /**
   * What tells a network from others: equal for equal settings and weights only, whatever file and
   * key layout the weights stand in.
   *
   * @param settings what a result depends on beside the configuration
   * @throws IOException when the file is of another network
   */
  public String fingerprint(VitConfig config, Checkpoint file, String settings) throws IOException {
    return map(config).fingerprint(file, config + "\n" + settings);
  }

  /** The parameters of a configuration in this layout. */
  public abstract WeightMap map(VitConfig config);

  private static boolean foreignInTransformers(String key) {
    boolean vision = key.startsWith("vision_model.") || key.startsWith("visual_projection.");
    return !vision || key.equals("vision_model.embeddings.position_ids"); // an old buffer
  }

  private static void patch(WeightMap map, VitConfig config, String key) {
    long p = config.patch();
    map.add("patch.weight", key + ".weight", config.width(), 3, p, p);
    if (config.patchBias()) {
      map.add("patch.bias", key + ".bias", config.width());
    }
  }

  /** Weight and bias; the bias has the length of the first dimension. */
  static void pair(WeightMap map, String name, String key, long... shape) {
    map.add(name + ".weight", key + ".weight", shape);
    map.add(name + ".bias", key + ".bias", shape[0]);
  }

  /** Separate matrices {@code q_proj}, {@code k_proj} and {@code v_proj} below a prefix. */
  static void queriesKeysValues(WeightMap map, String name, String prefix, long width) {
    for (String kind : List.of(".weight", ".bias")) {
      List<String> keys =
          List.of(prefix + "q_proj" + kind, prefix + "k_proj" + kind, prefix + "v_proj" + kind);
      long[] shape = kind.equals(".bias") ? new long[] {3 * width} : new long[] {3 * width, width};
      map.addStacked(name + kind, keys, shape);
    }
  }
}
