package io.hybnext.model.tokenizer.training;

import com.fasterxml.jackson.databind.JsonNode;

/** What the settings of every tokenizer's training have in common. */
public interface TokenizerSchedule {

  /** Seed of every random choice. */
  long seed();

  /** Optimiser steps in all. */
  int steps();

  /** Images a step. */
  int batchSize();

  /** Steps between evaluations. */
  int evaluateEvery();

  /** Steps between checkpoints. */
  int checkpointEvery();

  /** All settings as JSON. */
  JsonNode toJson();
}
