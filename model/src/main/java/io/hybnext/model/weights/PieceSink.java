package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes a tensor's bytes piece by piece. */
@FunctionalInterface
public interface PieceSink {
  /**
   * Takes the next elements.
   *
   * @param piece little-endian, whole elements from position to limit; not to be kept
   */
  void take(ByteBuffer piece) throws IOException;
}
