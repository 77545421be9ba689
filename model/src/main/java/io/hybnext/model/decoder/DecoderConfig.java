package io.hybnext.model.decoder;

import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.memory.PassMemory;
import io.hybnext.model.memory.PassShape;

/** Sizes of a decoder: all that its layout, its initial weights and its kernels follow from. */
public interface DecoderConfig {

  /** Width D of the residual stream. */
  int width();

  /** Number of blocks. */
  int depth();

  /** Buckets of the network without projector: embeddings, blocks, head. */
  ParameterLayout layout();

  /** How a parameter, the projector's and frozen tensors included, starts before the first step. */
  InitialValue initial(ParameterLayout.Parameter parameter);

  /**
   * What its passes over batches of one shape hold in memory while it is trained.
   *
   * @param computed precision inside the calls, see {@code TorchEngine.arithmetic}
   */
  PassMemory memory(PassShape shape, Objective objective, Precision stored, Precision computed);

  /**
   * Compiles the network's kernels.
   *
   * @param objective that its passes compute
   * @throws IllegalArgumentException when this network has no such positions
   */
  Decoder open(TorchEngine engine, Precision precision, Objective objective);
}
