package io.hybnext.model.transformer;

import io.hybnext.model.decoder.DecoderInput;
import java.util.List;
import java.util.Optional;

/**
 * What LlamaGen is fed and predicts. Arrays are shared, not copied.
 *
 * @param tokens (B)(N) codebook indices in raster order
 * @param condition classes or captions, one a sample
 * @param valid weights of the samples in the next-token loss, 0 or 1: sum over tokens of valid
 *     samples divided by their number, as LlamaGen does with images below the target size; empty
 *     for the plain mean
 */
public record ImageTokens(List<int[]> tokens, Condition condition, Optional<float[]> valid)
    implements DecoderInput {

  /** Checks that all have the same length. */
  public ImageTokens {
    tokens = List.copyOf(tokens);
    if (condition.batchSize() != tokens.size()) {
      throw new IllegalArgumentException(
          String.format(
              "a batch of %d samples has %d conditions", tokens.size(), condition.batchSize()));
    }
  }

  /** Samples that all count. */
  public ImageTokens(List<int[]> tokens, Condition condition) {
    this(tokens, condition, Optional.empty());
  }

  /** The same with weights of the samples. */
  public ImageTokens withValid(float[] weights) {
    return new ImageTokens(tokens, condition, Optional.of(weights));
  }

  @Override
  public int batchSize() {
    return tokens.size();
  }
}
