package io.hybnext.streams.store;

/**
 * What all items of a segment have in common. Items are stored once a schema: with another
 * tokenizer or encoder the same image is another item.
 *
 * @param tokenizer fingerprint of the image tokenizer
 * @param encoder fingerprint of the feature encoder
 * @param tokensPerImage length of every token list
 * @param codebookSize every token is below it
 * @param featureDimension length of every feature
 * @param preparation how images were fitted before both, e.g. {@code ImageFit.VERSION}
 */
public record SegmentSchema(
    String tokenizer,
    String encoder,
    int tokensPerImage,
    int codebookSize,
    int featureDimension,
    String preparation) {

  /** Bytes that an item's tokens and feature take in a segment. */
  public long numberBytes() {
    return 4L * tokensPerImage + 4L * featureDimension;
  }
}
