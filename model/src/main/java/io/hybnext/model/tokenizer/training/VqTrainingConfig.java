package io.hybnext.model.tokenizer.training;

import static io.hybnext.model.tokenizer.training.NumberSettings.check;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How a tokenizer is trained. JSON keys are the names here in snake case; all must be there.
 *
 * @param seed of every random choice
 * @param steps optimiser steps in all
 * @param batchSize images a step
 * @param learningRate of Muon for the convolutions and of AdamW for the rest
 * @param warmupSteps steps over which the rate rises from nothing
 * @param decaySteps last steps, over which the rate falls along a half cosine
 * @param finalRate share of the rate left at the end
 * @param adamBeta2 decay of AdamW's second moment
 * @param weightDecay of AdamW
 * @param clipNorm largest norm of the gradient
 * @param averageDecay decay of the average weights that are evaluated and shipped
 * @param codebookStartStep step before which latents pass unquantised and at which k-means sets the
 *     codes
 * @param codebookDecay decay of the running means of codes
 * @param reviveEvery steps between revivals of dead codes
 * @param reviveUntilStep step after which no code is revived
 * @param commitWeight weight of the mean squared distance of latents to their codes
 * @param ssimWeight weight of 1 - SSIM
 * @param perceptualWeight weight of the perceptual distance; 0 for none
 * @param perceptualStartStep first step with it
 * @param perceptualTrainingSteps steps that its network learns before the tokenizer starts
 * @param adversarialWeight weight of the adversarial term; 0 for none
 * @param adversarialStartStep step at which the discriminator starts to learn
 * @param adversarialRampSteps steps after it over which the term's weight rises; none in the first
 *     third, so that the discriminator knows something before it is heard
 * @param criticLearningRate AdamW's rate for the discriminator
 * @param cropSize side of the crops that discriminator and perceptual network see, in pixels
 * @param zoomShare share of samples that show a random part of the image
 * @param zoomLeast smallest part, as a share of the side
 * @param contrast contrast changes by up to this share
 * @param brightness brightness changes by up to this share of the full range
 * @param evaluateEvery steps between evaluations
 * @param checkpointEvery steps between checkpoints
 */
public record VqTrainingConfig(
    long seed,
    int steps,
    int batchSize,
    double learningRate,
    int warmupSteps,
    int decaySteps,
    double finalRate,
    double adamBeta2,
    double weightDecay,
    double clipNorm,
    double averageDecay,
    int codebookStartStep,
    double codebookDecay,
    int reviveEvery,
    int reviveUntilStep,
    double commitWeight,
    double ssimWeight,
    double perceptualWeight,
    int perceptualStartStep,
    int perceptualTrainingSteps,
    double adversarialWeight,
    int adversarialStartStep,
    int adversarialRampSteps,
    double criticLearningRate,
    int cropSize,
    double zoomShare,
    double zoomLeast,
    double contrast,
    double brightness,
    int evaluateEvery,
    int checkpointEvery)
    implements TokenizerSchedule {

  /** Checks what would make a run fail or learn nothing. */
  public VqTrainingConfig {
    check(steps >= 1, "steps", steps, "at least 1");
    check(batchSize >= 1, "batch_size", batchSize, "at least 1");
    check(learningRate > 0, "learning_rate", learningRate, "above 0");
    check(decaySteps >= 0 && decaySteps <= steps, "decay_steps", decaySteps, "0 to steps");
    check(clipNorm > 0, "clip_norm", clipNorm, "above 0");
    check(share(averageDecay), "average_decay", averageDecay, "0 to 1");
    check(share(codebookDecay), "codebook_decay", codebookDecay, "0 to 1");
    check(reviveEvery >= 1, "revive_every", reviveEvery, "at least 1");
    check(cropSize >= 16 && cropSize % 8 == 0, "crop_size", cropSize, "a multiple of 8 from 16");
    check(share(zoomShare), "zoom_share", zoomShare, "0 to 1");
    check(zoomLeast > 0.1 && zoomLeast <= 1, "zoom_least", zoomLeast, "above 0.1, at most 1");
    check(evaluateEvery >= 1, "evaluate_every", evaluateEvery, "at least 1");
    check(checkpointEvery >= 1, "checkpoint_every", checkpointEvery, "at least 1");
  }

  private static boolean share(double value) {
    return value >= 0 && value <= 1;
  }

  /**
   * Reads a JSON object.
   *
   * @throws IllegalArgumentException when a key is unknown or missing or a value impossible
   */
  public static VqTrainingConfig fromJson(JsonNode json) {
    return NumberSettings.read(json, VqTrainingConfig.class);
  }

  @Override
  public JsonNode toJson() {
    return NumberSettings.write(this);
  }

  /** How batches are drawn. */
  TrainingImages.Views views() {
    return new TrainingImages.Views(seed, batchSize, zoomShare, zoomLeast, contrast, brightness);
  }

  /** Learning rate of a step, from 0. */
  double rate(long step) {
    double rise = Math.min(1, (step + 1.0) / Math.max(1, warmupSteps));
    double left = (double) (steps - step) / Math.max(1, decaySteps);
    double fall =
        left >= 1
            ? 1
            : finalRate + (1 - finalRate) * 0.5 * (1 - Math.cos(Math.PI * Math.max(0, left)));
    return learningRate * rise * fall;
  }

  /** Weight of the adversarial term at a step. */
  double adversarialWeight(long step) {
    double ramp = (double) (step - adversarialStartStep) / Math.max(1, adversarialRampSteps);
    return adversarialWeight * Math.max(0, (Math.min(1, ramp) - 1.0 / 3) * 1.5);
  }
}
