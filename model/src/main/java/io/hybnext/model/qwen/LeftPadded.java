package io.hybnext.model.qwen;

import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.decoder.TokenSequences;

/**
 * Sequences that begin with padding, which nothing sees; rotary positions start behind it.
 *
 * @param sequences padding included
 * @param padding (B) positions to the left of each sequence's first symbol; shared, not copied
 */
public record LeftPadded(TokenSequences sequences, int[] padding) implements DecoderInput {

  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException when they differ
   */
  public LeftPadded {
    if (padding.length != sequences.batchSize()) {
      throw new IllegalArgumentException(
          sequences.batchSize() + " sequences and padding for " + padding.length);
    }
  }

  @Override
  public int batchSize() {
    return sequences.batchSize();
  }
}
