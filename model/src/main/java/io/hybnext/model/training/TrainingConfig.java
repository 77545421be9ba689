package io.hybnext.model.training;

import io.hybnext.gpu.Precision;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.Schedule;
import java.nio.file.Path;
import java.util.Optional;

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
 * @param start weights that training starts from; empty for random ones
 */
public record TrainingConfig(
    DecoderConfig network,
    ArraConfig arra,
    AdamWConfig optimiser,
    Schedule learningRate,
    Precision precision,
    boolean recompute,
    long seed,
    Tuning tuning,
    Optional<Start> start) {

  /**
   * Weights that training starts from.
   *
   * @param folder with a {@code model.safetensors} under the network's key names, the projector in
   *     it or not
   * @param zeroImageHead whether the output rows of image codes start at zero all the same, as ARRA
   *     does with networks that cannot draw yet
   */
  public record Start(Path folder, boolean zeroImageHead) {}

  /** Everything is trained. */
  public TrainingConfig(
      DecoderConfig network,
      ArraConfig arra,
      AdamWConfig optimiser,
      Schedule learningRate,
      Precision precision,
      boolean recompute,
      long seed) {
    this(
        network,
        arra,
        optimiser,
        learningRate,
        precision,
        recompute,
        seed,
        Tuning.ALL,
        Optional.empty());
  }

  /** The same of another network. */
  public TrainingConfig withNetwork(DecoderConfig other) {
    return new TrainingConfig(
        other, arra, optimiser, learningRate, precision, recompute, seed, tuning, start);
  }

  /** The same with activations computed again or not. */
  public TrainingConfig withRecompute(boolean again) {
    return new TrainingConfig(
        network, arra, optimiser, learningRate, precision, again, seed, tuning, start);
  }

  /** The same with another learning rate. */
  public TrainingConfig withLearningRate(Schedule other) {
    return new TrainingConfig(
        network, arra, optimiser, other, precision, recompute, seed, tuning, start);
  }

  /** The same with another part trained. */
  public TrainingConfig withTuning(Tuning other) {
    return new TrainingConfig(
        network, arra, optimiser, learningRate, precision, recompute, seed, other, start);
  }

  /** The same from these weights. */
  public TrainingConfig withStart(Start other) {
    return new TrainingConfig(
        network,
        arra,
        optimiser,
        learningRate,
        precision,
        recompute,
        seed,
        tuning,
        Optional.of(other));
  }

  /** Checks that network and alignment fit. */
  public TrainingConfig {
    arra.checkFits(network);
  }
}
