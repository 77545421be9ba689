package io.hybnext.model.tokenizer.training;

import static io.hybnext.model.tokenizer.training.NumberSettings.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.model.optimiser.LearningRate;

/**
 * How a Kelix-Tok is trained without a language model (spec/kelix.md section 10). JSON keys are the
 * names here in snake case; all must be there.
 *
 * @param seed of every random choice
 * @param steps optimiser steps in all
 * @param batchSize images a step
 * @param learningRate of AdamW after warm-up
 * @param warmupSteps steps over which the rate rises from nothing
 * @param finalRate share of the rate left at the end of half a cosine
 * @param adamBeta2 decay of AdamW's second moment
 * @param weightDecay of AdamW
 * @param clipNorm largest norm of the gradient
 * @param kmeansVectors merged vectors of the untrained encoder that the centres are found among
 * @param kmeansTurns Lloyd iterations
 * @param zoomShare share of samples that show a random part of the image
 * @param zoomLeast smallest part, as a share of the side
 * @param contrast contrast changes by up to this share
 * @param brightness brightness changes by up to this share of the full range
 * @param evaluateEvery steps between evaluations
 * @param checkpointEvery steps between checkpoints
 */
public record KelixTokTrainingConfig(
    long seed,
    int steps,
    int batchSize,
    double learningRate,
    int warmupSteps,
    double finalRate,
    double adamBeta2,
    double weightDecay,
    double clipNorm,
    int kmeansVectors,
    int kmeansTurns,
    double zoomShare,
    double zoomLeast,
    double contrast,
    double brightness,
    int evaluateEvery,
    int checkpointEvery)
    implements TokenizerSchedule {

  /** Checks what would make a run fail or learn nothing. */
  public KelixTokTrainingConfig {
    check(steps >= 1, "steps", steps, "at least 1");
    check(batchSize >= 1, "batch_size", batchSize, "at least 1");
    check(learningRate > 0, "learning_rate", learningRate, "above 0");
    check(warmupSteps >= 0, "warmup_steps", warmupSteps, "at least 0");
    check(finalRate >= 0 && finalRate <= 1, "final_rate", finalRate, "0 to 1");
    check(clipNorm > 0, "clip_norm", clipNorm, "above 0");
    check(kmeansTurns >= 1, "kmeans_turns", kmeansTurns, "at least 1");
    check(zoomShare >= 0 && zoomShare <= 1, "zoom_share", zoomShare, "0 to 1");
    check(zoomLeast > 0.1 && zoomLeast <= 1, "zoom_least", zoomLeast, "above 0.1, at most 1");
    check(evaluateEvery >= 1, "evaluate_every", evaluateEvery, "at least 1");
    check(checkpointEvery >= 1, "checkpoint_every", checkpointEvery, "at least 1");
  }

  /**
   * Reads a JSON object.
   *
   * @throws IllegalArgumentException when a key is unknown or missing or a value impossible
   */
  public static KelixTokTrainingConfig fromJson(JsonNode json) {
    return NumberSettings.read(json, KelixTokTrainingConfig.class);
  }

  @Override
  public JsonNode toJson() {
    return NumberSettings.write(this);
  }

  /** Learning rate of a step, from 0. */
  double rate(long step) {
    return LearningRate.cosine(learningRate, warmupSteps, steps, learningRate * finalRate).at(step);
  }

  /** How batches are drawn. */
  TrainingImages.Views views() {
    return new TrainingImages.Views(seed, batchSize, zoomShare, zoomLeast, contrast, brightness);
  }
}
