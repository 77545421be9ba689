package io.hybnext.model.decoder;

/** What a network is fed and what it shall predict, for one batch. Every network has a kind. */
public interface DecoderInput {

  /** Number of samples B. */
  int batchSize();
}
