package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import java.util.Optional;

/**
 * One batch on its way through a network, stage by stage: embedding, blocks, head. Every stage
 * takes the flat weights it needs, so that the caller decides what is differentiated and when. B =
 * batch, S = positions, D = width. Lives in the scope it was made in.
 */
public interface DecoderPass {

  /** Tokens that the loss is a mean over. */
  long tokens();

  /** What the first block takes, dropout included, (B, S, D). */
  Array embed(BucketArrays weights);

  /**
   * One block.
   *
   * @param index its number, from 0
   * @param x (B, S, D)
   * @param flat weights of its bucket
   * @return the residual stream behind it, (B, S, D)
   */
  Array block(int index, Array x, Array flat);

  /**
   * {@link #block} for a backward pass without autograd, where the network has one for this device
   * and precision; to be called with recording off.
   */
  default Optional<BlockRun> run(int index, Array x, Array flat) {
    return Optional.empty();
  }

  /** The residual stream normalised as the head does, (B, S, D); flat is the head's bucket. */
  Array finalNorm(Array x, Array flat);

  /** The training loss of the residual stream behind the last block. */
  HeadLoss loss(Array x, BucketArrays weights);

  /** {@link #loss} with its gradients, without autograd, as {@link #run}. */
  default Optional<HeadRun> runLoss(Array x, BucketArrays weights) {
    return Optional.empty();
  }

  /** The loss of every token, for measuring. */
  TokenLosses tokenLosses(Array x, BucketArrays weights);

  /** Positions whose hidden states are aligned. */
  AlignedPositions aligned();
}
