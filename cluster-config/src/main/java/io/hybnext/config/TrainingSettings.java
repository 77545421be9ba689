package io.hybnext.config;

import java.util.List;

/**
 * The {@code training} section of reference.conf. The run.
 *
 * @param steps optimiser steps in all
 * @param globalBatch images a step, over all trainers
 * @param microshards parts of a step; a power of two divides best
 * @param seed of weights, order, dropout and sampling
 * @param checkpointEvery steps between checkpoints
 * @param checkpointKeep checkpoints kept
 * @param frozen regular expressions of the keys of parameters that stay as they are
 * @param recompute recompute activations in the backward pass
 */
public record TrainingSettings(
    long steps,
    int globalBatch,
    int microshards,
    long seed,
    int checkpointEvery,
    int checkpointKeep,
    List<String> frozen,
    boolean recompute) {

  /** Checks every value. */
  public TrainingSettings {
    frozen = List.copyOf(frozen);
    Rule.atLeast("training.steps", steps, 1);
    Rule.between("training.microshards", microshards, 1, 4096);
    Rule.check(
        globalBatch >= 1 && globalBatch % microshards == 0,
        "training.global-batch",
        globalBatch,
        "a multiple of training.microshards = " + microshards);
    Rule.atLeast("training.checkpoint-every", checkpointEvery, 1);
    Rule.atLeast("training.checkpoint-keep", checkpointKeep, 1);
  }
}
