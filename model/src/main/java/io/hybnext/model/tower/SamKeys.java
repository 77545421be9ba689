package io.hybnext.model.tower;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Key layouts of SAM's image encoder. Canonical names: {@code patch.*}, {@code position}, {@code
 * blocks.N.} with {@code norm1}, {@code qkv}, {@code out}, {@code norm2}, {@code fc1}, {@code fc2},
 * {@code high}, {@code wide}, and {@code neck.} with {@code conv1}, {@code norm1}, {@code conv2},
 * {@code norm2}.
 */
public enum SamKeys {
  /** transformers: {@code vision_encoder.*}. */
  TRANSFORMERS(
      "vision_encoder.",
      "patch_embed.projection",
      "layers.",
      "layer_norm",
      new String[] {"conv1", "layer_norm1", "conv2", "layer_norm2"}),
  /** segment-anything and MedSAM's own file: {@code image_encoder.*}. */
  ORIGINAL(
      "image_encoder.", "patch_embed.proj", "blocks.", "norm", new String[] {"0", "1", "2", "3"});

  private final String root;
  private final String patch;
  private final String blocks;
  private final String norm;
  private final String[] neck;

  SamKeys(String root, String patch, String blocks, String norm, String[] neck) {
    this.root = root;
    this.patch = patch;
    this.blocks = blocks;
    this.norm = norm;
    this.neck = neck;
  }

  /**
   * The layout that a configuration names: {@code "_keys": "segment-anything"} for the original
   * one.
   */
  public static SamKeys of(JsonNode config) {
    return config.path("_keys").asText().equals("segment-anything") ? ORIGINAL : TRANSFORMERS;
  }

  /**
   * Sizes without a configuration: every one shows in the shapes of the weights.
   *
   * @throws IOException when a weight that tells a size is missing
   */
  public SamConfig configOf(Checkpoint file) throws IOException {
    long[] patch = file.entry(root + this.patch + ".weight").shape();
    int grid = (int) file.entry(root + "pos_embed").shape()[1];
    List<Integer> global = new ArrayList<>();
    int window = grid;
    int depth = 0;
    int headWidth = 1;
    while (file.contains(root + blocks + depth + ".attn.rel_pos_h")) {
      long[] positions = file.entry(root + blocks + depth + ".attn.rel_pos_h").shape();
      headWidth = (int) positions[1];
      if (positions[0] == 2L * grid - 1) {
        global.add(depth);
      } else {
        window = (int) (positions[0] + 1) / 2;
      }
      depth++;
    }
    return new SamConfig(
        (int) patch[0],
        depth,
        (int) patch[0] / headWidth,
        (int) file.entry(root + blocks + "0.mlp.lin1.weight").shape()[0],
        grid * (int) patch[2],
        (int) patch[2],
        window,
        global,
        (int) file.entry(root + "neck." + neck[0] + ".weight").shape()[0]);
  }

  /** Prefix of every key. */
  public String root() {
    return root;
  }

  /**
   * What tells a network from others: equal for equal settings and weights only, whatever file and
   * key layout the weights stand in.
   *
   * @param settings what a result depends on beside the configuration
   * @throws IOException when the file is of another network
   */
  public String fingerprint(SamConfig config, Checkpoint file, String settings) throws IOException {
    return map(config).fingerprint(file, config + "\n" + settings);
  }

  /** The parameters of a configuration in this layout. */
  public WeightMap map(SamConfig config) {
    WeightMap map = new WeightMap(key -> !key.startsWith(root));
    long d = config.width();
    long p = config.patch();
    long g = config.grid();
    VitKeys.pair(map, "patch", root + patch, d, 3, p, p);
    map.add("position", root + "pos_embed", 1, g, g, d);
    for (int i = 0; i < config.depth(); i++) {
      block(map, config, i);
    }
    long c = config.outputChannels();
    map.add("neck.conv1", root + "neck." + neck[0] + ".weight", c, d, 1, 1);
    VitKeys.pair(map, "neck.norm1", root + "neck." + neck[1], c);
    map.add("neck.conv2", root + "neck." + neck[2] + ".weight", c, c, 3, 3);
    VitKeys.pair(map, "neck.norm2", root + "neck." + neck[3], c);
    return map;
  }

  private void block(WeightMap map, SamConfig config, int number) {
    long d = config.width();
    String to = "blocks." + number + ".";
    String from = root + blocks + number + ".";
    VitKeys.pair(map, to + "norm1", from + norm + "1", d);
    VitKeys.pair(map, to + "qkv", from + "attn.qkv", 3 * d, d);
    VitKeys.pair(map, to + "out", from + "attn.proj", d, d);
    VitKeys.pair(map, to + "norm2", from + norm + "2", d);
    VitKeys.pair(map, to + "fc1", from + "mlp.lin1", config.mlpWidth(), d);
    VitKeys.pair(map, to + "fc2", from + "mlp.lin2", d, config.mlpWidth());
    long positions = 2L * (config.global(number) ? config.grid() : config.window()) - 1;
    long headWidth = d / config.heads();
    map.add(to + "high", from + "attn.rel_pos_h", positions, headWidth);
    map.add(to + "wide", from + "attn.rel_pos_w", positions, headWidth);
  }
}
