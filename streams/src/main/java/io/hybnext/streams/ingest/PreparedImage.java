package io.hybnext.streams.ingest;

import io.hybnext.image.Image;

/**
 * An image fitted for both networks; the same object twice when they want the same.
 *
 * @param forTokenizer what the tokenizer takes
 * @param forEncoder what the encoder takes
 * @param codes made elsewhere; null to tokenise it
 * @param picture hash of what it looks like; null when pictures are not compared
 */
record PreparedImage(Image forTokenizer, Image forEncoder, int[] codes, Long picture) {

  /** Bytes of both. */
  long sizeBytes() {
    long second = forEncoder.pixels() == forTokenizer.pixels() ? 0 : forEncoder.sizeBytes();
    return forTokenizer.sizeBytes() + second;
  }
}
