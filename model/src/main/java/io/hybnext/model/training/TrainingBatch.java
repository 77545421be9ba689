package io.hybnext.model.training;

import io.hybnext.model.transformer.Condition;
import java.util.List;

/**
 * The samples of one microshard. Arrays are shared, not copied.
 *
 * @param step of training, from 0
 * @param sampleNumbers number of each sample in the global batch of the step: what its random
 *     numbers depend on
 * @param tokens (B)(N) codebook indices in raster order
 * @param condition classes or captions, one a sample
 * @param features (B)(E) global features of the images, f_GF
 */
public record TrainingBatch(
    long step,
    long[] sampleNumbers,
    List<int[]> tokens,
    Condition condition,
    List<float[]> features) {

  /** Checks that all have the same length. */
  public TrainingBatch {
    tokens = List.copyOf(tokens);
    features = List.copyOf(features);
    int size = tokens.size();
    if (size == 0
        || sampleNumbers.length != size
        || condition.batchSize() != size
        || features.size() != size) {
      throw new IllegalArgumentException(
          String.format(
              "a batch of %d samples has %d numbers, %d conditions and %d features",
              size, sampleNumbers.length, condition.batchSize(), features.size()));
    }
  }

  /** Number of samples B. */
  public int size() {
    return tokens.size();
  }
}
