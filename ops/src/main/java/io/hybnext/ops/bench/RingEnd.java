package io.hybnext.ops.bench;

import java.io.IOException;

/** One rank's place in a ring: it sends to the next one and receives from the one before. */
interface RingEnd extends AutoCloseable {
  /** Sends at most so many bytes, without waiting; returns how many went. */
  int send(int most) throws IOException;

  /** Receives what is there, without waiting; returns how many bytes. */
  int receive() throws IOException;

  @Override
  void close() throws IOException;
}
