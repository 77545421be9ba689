package io.hybnext.model.tokenizer.training;

import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.ImageCodes;
import java.util.List;

/** A tokenizer's sizes and how it is trained: what a settings file says. */
public interface TokenizerRecipe {

  /** What the tokenizer takes and gives. */
  ImageCodes codes();

  /** How it is trained. */
  TokenizerSchedule training();

  /**
   * Prepares a run from its start.
   *
   * @param train images to learn from, at least one
   * @param validation images that evaluations are made on
   */
  TokenizerTrainer trainer(
      TorchEngine engine, List<SourceImage> train, List<SourceImage> validation);
}
