package io.hybnext.model.tower;

import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.util.List;

/**
 * Key layouts of BioMedCLIP's text tower. Canonical names: {@code words}, {@code types}, {@code
 * positions}, {@code norm.*}, {@code blocks.N.} with {@code qkv}, {@code out}, {@code norm1},
 * {@code fc1}, {@code fc2}, {@code norm2}, {@code pooler.*}, {@code projection.0}, {@code
 * projection.1}.
 */
public enum BertKeys {
  /** transformers' BERT inside open_clip: {@code text.transformer.*}, {@code text.proj.*}. */
  OPEN_CLIP {
    @Override
    public WeightMap map(BertConfig config) {
      String root = "text.transformer.";
      WeightMap map =
          new WeightMap(
              key ->
                  !key.startsWith("text.")
                      || key.equals(root + "embeddings.position_ids") // an old buffer
                      || (!config.pooler() && key.startsWith(root + "pooler.")));
      embeddings(map, config, root + "embeddings.", "LayerNorm", "_embeddings", "word");
      long d = config.width();
      for (int i = 0; i < config.depth(); i++) {
        String to = "blocks." + i + ".";
        String from = root + "encoder.layer." + i + ".";
        String self = from + "attention.self.";
        for (String kind : List.of(".weight", ".bias")) {
          List<String> keys =
              List.of(self + "query" + kind, self + "key" + kind, self + "value" + kind);
          map.addStacked(
              to + "qkv" + kind,
              keys,
              kind.equals(".bias") ? new long[] {3 * d} : new long[] {3 * d, d});
        }
        VitKeys.pair(map, to + "out", from + "attention.output.dense", d, d);
        VitKeys.pair(map, to + "norm1", from + "attention.output.LayerNorm", d);
        VitKeys.pair(map, to + "fc1", from + "intermediate.dense", config.mlpWidth(), d);
        VitKeys.pair(map, to + "fc2", from + "output.dense", d, config.mlpWidth());
        VitKeys.pair(map, to + "norm2", from + "output.LayerNorm", d);
      }
      if (config.pooler()) {
        VitKeys.pair(map, "pooler", root + "pooler.dense", d, d);
      }
      projection(map, config, "text.proj.0.weight", "text.proj.2.weight");
      return map;
    }
  },
  /** The BioMedCLIP port to transformers: {@code text_model.*}, {@code text_projection.*}. */
  TRANSFORMERS {
    @Override
    public WeightMap map(BertConfig config) {
      String root = "text_model.";
      WeightMap map =
          new WeightMap(
              key ->
                  !(key.startsWith(root) || key.startsWith("text_projection."))
                      || key.endsWith("_ids")); // old buffers
      embeddings(map, config, root + "embeddings.", "layer_norm", "_embedding", "token");
      long d = config.width();
      for (int i = 0; i < config.depth(); i++) {
        String to = "blocks." + i + ".";
        String from = root + "encoder.layers." + i + ".";
        VitKeys.queriesKeysValues(map, to + "qkv", from + "self_attn.", d);
        VitKeys.pair(map, to + "out", from + "self_attn.out_proj", d, d);
        VitKeys.pair(map, to + "norm1", from + "layer_norm1", d);
        VitKeys.pair(map, to + "fc1", from + "mlp.fc1", config.mlpWidth(), d);
        VitKeys.pair(map, to + "fc2", from + "mlp.fc2", d, config.mlpWidth());
        VitKeys.pair(map, to + "norm2", from + "layer_norm2", d);
      }
      projection(map, config, "text_projection.fc1.weight", "text_projection.fc2.weight");
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
  public String fingerprint(BertConfig config, Checkpoint file, String settings)
      throws IOException {
    return map(config).fingerprint(file, config + "\n" + settings);
  }

  /** The parameters of a configuration in this layout. */
  public abstract WeightMap map(BertConfig config);

  private static void embeddings(
      WeightMap map, BertConfig config, String root, String norm, String ending, String words) {
    long d = config.width();
    map.add("words", root + words + ending + ".weight", config.vocabulary(), d);
    map.add("types", root + "token_type" + ending + ".weight", config.types(), d);
    map.add("positions", root + "position" + ending + ".weight", config.positions(), d);
    VitKeys.pair(map, "norm", root + norm, d);
  }

  private static void projection(WeightMap map, BertConfig config, String first, String second) {
    map.add("projection.0", first, config.projectionWidth(), config.width());
    map.add("projection.1", second, config.projectionDim(), config.projectionWidth());
  }
}
