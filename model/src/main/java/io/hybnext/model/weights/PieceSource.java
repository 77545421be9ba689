package io.hybnext.model.weights;

import java.io.IOException;

/** Hands the bytes of a tensor over in pieces when it is its turn to be written. */
@FunctionalInterface
public interface PieceSource {
  /** Gives little-endian elements, as many as the shape says, in order. */
  void writeTo(PieceSink sink) throws IOException;
}
