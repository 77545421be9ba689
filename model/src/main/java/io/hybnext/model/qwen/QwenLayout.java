package io.hybnext.model.qwen;

import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Builder;
import java.util.ArrayList;
import java.util.List;

/** Where the parameters of networks with a Qwen3 backbone lie. */
public final class QwenLayout {
  private QwenLayout() {}

  /** The plain language model, under Hugging Face's names. */
  static ParameterLayout languageModel(QwenConfig config) {
    Builder head = new Builder("output");
    if (!config.tied()) {
      head.add(QwenNames.HEAD, config.vocabSize(), config.hiddenSize());
    }
    head.add(QwenNames.HUGGING_FACE.norm(), config.hiddenSize());
    return backbone(config, QwenNames.HUGGING_FACE, head.build());
  }

  /**
   * Embeddings, blocks, and a head.
   *
   * @param names of the backbone's parameters
   * @param head bucket of what follows the last block
   */
  public static ParameterLayout backbone(QwenConfig config, QwenNames names, Bucket head) {
    List<Bucket> buckets = new ArrayList<>();
    buckets.add(
        new Builder("embeddings")
            .add(names.embeddings(), config.vocabSize(), config.hiddenSize())
            .build());
    for (int layer = 0; layer < config.layers(); layer++) {
      buckets.add(block(config, names, layer));
    }
    buckets.add(head);
    return new ParameterLayout(buckets, List.of());
  }

  /** Projections that read the same input lie side by side: one product computes them. */
  private static Bucket block(QwenConfig config, QwenNames names, int layer) {
    int dim = config.hiddenSize();
    int queries = config.heads() * config.headDim();
    int keys = config.kvHeads() * config.headDim();
    return new Builder(names.bucket(layer))
        .add(names.part(layer, 0), queries, dim)
        .add(names.part(layer, 1), keys, dim)
        .add(names.part(layer, 2), keys, dim)
        .add(names.part(layer, 3), dim, queries)
        .add(names.part(layer, 4), config.ffnDim(), dim)
        .add(names.part(layer, 5), config.ffnDim(), dim)
        .add(names.part(layer, 6), dim, config.ffnDim())
        .add(names.part(layer, 7), dim)
        .add(names.part(layer, 8), dim)
        .add(names.part(layer, 9), config.headDim())
        .add(names.part(layer, 10), config.headDim())
        .build();
  }

  /** qkv, output, gate and up, down, and the four gains, as the kernels split a block. */
  static List<Integer> blockSizes(QwenConfig config) {
    List<Integer> each = block(config, QwenNames.HUGGING_FACE, 0).sizes();
    return List.of(
        each.get(0) + each.get(1) + each.get(2),
        each.get(3),
        each.get(4) + each.get(5),
        each.get(6),
        each.get(7),
        each.get(8),
        each.get(9),
        each.get(10));
  }
}
