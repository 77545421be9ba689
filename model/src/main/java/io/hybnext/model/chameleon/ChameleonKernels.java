package io.hybnext.model.chameleon;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.model.decoder.DecoderKernels;

/** The kernel text of a Chameleon decoder with its sizes filled in; other kernels may follow. */
public final class ChameleonKernels {
  private ChameleonKernels() {}

  /**
   * The methods of one network.
   *
   * @param stored type of weights and of what goes from call to call
   * @param computed type of everything inside a call
   */
  public static KernelSource source(ChameleonConfig config, Precision stored, Precision computed) {
    int dim = config.hiddenSize();
    int vocabulary = config.vocabulary().size();
    return DecoderKernels.source(stored, computed, config.rmsNormEps())
        .followedBy(KernelSource.resource(ChameleonKernels.class, "chameleon.ts"))
        .with("dim", dim)
        .with("vocab", vocabulary)
        .with("heads", config.numAttentionHeads())
        .with("head_dim", config.headDim())
        .with("norm_rows", config.normRows())
        .with("heads_a_row", config.numAttentionHeads() / config.normRows())
        .with("head_eps", ChameleonConfig.HEAD_NORM_EPS)
        .with("mask_image_logits", config.maskImageLogits())
        .with("block_sizes", ChameleonLayout.blockSizes(config))
        .with("head_sizes", java.util.List.of(vocabulary * dim, dim))
        .with("threshold", CounterRandom.dropThreshold(config.dropout()))
        .with("scale", 1 / (1 - config.dropout()));
  }
}
