package io.hybnext.model.memory;

import java.util.Optional;

/**
 * The kernel calls of a network's pass over one batch, written on tapes. Values are in the types
 * that the calls take: weights and the residual stream as stored.
 */
public interface PassMemory {

  /**
   * One block without autograd, {@link io.hybnext.model.decoder.DecoderPass#run}; empty where the
   * network has no such pass in this precision.
   */
  default Optional<CallMemory> run() {
    return Optional.empty();
  }

  /** The same of {@link io.hybnext.model.decoder.DecoderPass#runLoss}. */
  default Optional<CallMemory> runLoss() {
    return Optional.empty();
  }

  /** Sizes of the batch. */
  PassShape shape();

  /** Bytes of the batch on the device: ids, tables, masks. */
  long inputBytes();

  /** What the first block takes; {@code embeddings} is its bucket. */
  Value embed(Tape tape, Value embeddings);

  /** One block on the residual stream; {@code flat} is its bucket. */
  Value block(Tape tape, Value x, Value flat);

  /** The residual stream normalised as the head does. */
  Value finalNorm(Tape tape, Value x, Value head);

  /** The loss of the residual stream behind the last block. */
  Value loss(Tape tape, Value x, Value head, Value embeddings);
}
