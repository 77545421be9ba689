package io.hybnext.model.transformer;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.DecoderKernels;
import io.hybnext.model.decoder.ParameterLayout;
import java.util.List;

/** The kernel text of a network with its sizes filled in; other kernels may follow and call it. */
public final class TransformerKernels {
  private TransformerKernels() {}

  /** The methods of {@code random.ts} and {@code transformer.ts} for one network. */
  public static KernelSource source(TransformerConfig config, Precision precision) {
    return source(config, precision, precision);
  }

  /**
   * The same with weights and residual stream in one type and the arithmetic in another.
   *
   * @param stored type of weights and of what goes from call to call
   * @param computed type of everything inside a call
   */
  public static KernelSource source(
      TransformerConfig config, Precision stored, Precision computed) {
    ParameterLayout layout = TransformerLayout.of(config);
    int blockBucket = 1;
    int headBucket = 1 + config.nLayer();
    KernelSource sizes =
        DecoderKernels.source(stored, computed, config.normEps())
            .followedBy(KernelSource.resource(TransformerKernels.class, "transformer.ts"))
            .followedBy(KernelSource.resource(TransformerKernels.class, "gradients.ts"))
            .with("dim", config.dim())
            .with("vocab", config.vocabSize())
            .with("head_dim", config.headDim())
            .with("heads", config.nHead())
            .with("kv_heads", config.nKvHead())
            .with("qk_heads", config.nHead() + config.nKvHead())
            .with("rows", config.nHead() + 2 * config.nKvHead())
            .with("embedding_sizes", layout.buckets().get(0).sizes())
            .with("block_sizes", blockSizes(layout.buckets().get(blockBucket)))
            .with("head_sizes", layout.buckets().get(headBucket).sizes());
    sizes = withDropout(sizes, "token", config.tokenDropoutP());
    sizes = withDropout(sizes, "resid", config.residDropoutP());
    return withDropout(sizes, "ffn", config.ffnDropoutP());
  }

  private static KernelSource withDropout(KernelSource source, String name, double probability) {
    return source
        .with(name + "_threshold", CounterRandom.dropThreshold(probability))
        .with(name + "_scale", 1 / (1 - probability));
  }

  /** wqkv, wo, w1 and w3 as one, w2, and the two norms. */
  private static List<Integer> blockSizes(ParameterLayout.Bucket block) {
    List<Integer> each = block.sizes();
    return List.of(
        each.get(0), each.get(1), each.get(2) + each.get(3), each.get(4), each.get(5), each.get(6));
  }
}
