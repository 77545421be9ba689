package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;

/**
 * A block's forward pass done without a graph, by kernels whose derivatives are written out. Holds
 * what its own backward pass reads until it is closed.
 */
public interface BlockRun extends AutoCloseable {

  /** The residual stream behind the block, (B, S, D); the caller closes it. */
  Array output();

  /**
   * The backward pass; once.
   *
   * @param outputGradient at {@link #output}; left with other values in it
   * @param input what the block was given
   * @param flat the weights it was given
   */
  Gradients backward(Array outputGradient, Array input, Array flat);

  /**
   * What a backward pass gives.
   *
   * @param input gradient at the block's input, (B, S, D); may share memory with the gradient that
   *     the pass began with
   * @param flat gradient of the flat weights
   */
  record Gradients(Array input, Array flat) {}

  @Override
  void close();
}
