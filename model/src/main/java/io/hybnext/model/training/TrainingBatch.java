package io.hybnext.model.training;

import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.ImageTokens;
import java.util.List;

/**
 * The samples of one microshard. Arrays are shared, not copied.
 *
 * @param step of training, from 0
 * @param sampleNumbers number of each sample in the global batch of the step: what its random
 *     numbers depend on
 * @param input what the network is fed and predicts, of the kind that it takes
 * @param features (B)(E) global features of the images, f_GF
 */
public record TrainingBatch(
    long step, long[] sampleNumbers, DecoderInput input, List<float[]> features) {

  /** Checks that all have the same length. */
  public TrainingBatch {
    features = List.copyOf(features);
    int size = input.batchSize();
    if (size == 0 || sampleNumbers.length != size || features.size() != size) {
      throw new IllegalArgumentException(
          String.format(
              "a batch of %d samples has %d numbers and %d features",
              size, sampleNumbers.length, features.size()));
    }
  }

  /** LlamaGen's samples that all count. */
  public TrainingBatch(
      long step,
      long[] sampleNumbers,
      List<int[]> tokens,
      Condition condition,
      List<float[]> features) {
    this(step, sampleNumbers, new ImageTokens(tokens, condition), features);
  }

  /** The same samples fed in another way. */
  public TrainingBatch withInput(DecoderInput other) {
    return new TrainingBatch(step, sampleNumbers, other, features);
  }

  /** Number of samples B. */
  public int size() {
    return input.batchSize();
  }
}
