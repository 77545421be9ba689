package io.hybnext.model.training;

import io.hybnext.gpu.Precision;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.Schedule;

/**
 * Everything that decides what training computes.
 *
 * @param network which one, and its sizes
 * @param arra the alignment term; with lambda 0 the projector is there but untouched
 * @param optimiser AdamW's numbers
 * @param learningRate by step
 * @param precision of working weights and activations
 * @param recompute whether the backward pass computes each block's activations again instead of
 *     keeping them: less memory, about a third more time, the same numbers
 * @param seed of initial weights, dropout and dropped conditions
 * @param tuning which part of the network is trained
 */
public record TrainingConfig(
    DecoderConfig network,
    ArraConfig arra,
    AdamWConfig optimiser,
    Schedule learningRate,
    Precision precision,
    boolean recompute,
    long seed,
    Tuning tuning) {

  /** Everything is trained. */
  public TrainingConfig(
      DecoderConfig network,
      ArraConfig arra,
      AdamWConfig optimiser,
      Schedule learningRate,
      Precision precision,
      boolean recompute,
      long seed) {
    this(network, arra, optimiser, learningRate, precision, recompute, seed, Tuning.ALL);
  }

  /** The same with another part trained. */
  public TrainingConfig withTuning(Tuning other) {
    return new TrainingConfig(
        network, arra, optimiser, learningRate, precision, recompute, seed, other);
  }

  /** Checks that network and alignment fit. */
  public TrainingConfig {
    arra.checkFits(network);
  }
}
