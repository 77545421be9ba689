package io.hybnext.actors.exchange;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Buffers for one piece each, kept for reuse: after the first steps none is allocated. Memory
 * outside the heap, in slabs. Not for several threads.
 */
final class PieceBuffers {
  private static final int SLAB = 16;

  private final int bytes;
  private final ArrayDeque<UnsafeBuffer> free = new ArrayDeque<>();
  private int allocated;

  PieceBuffers(int pieceLength) {
    bytes = pieceLength * Float.BYTES;
  }

  /** A buffer with arbitrary content; the caller gives it back. */
  UnsafeBuffer take() {
    if (free.isEmpty()) {
      ByteBuffer slab = ByteBuffer.allocateDirect(SLAB * bytes).order(ByteOrder.nativeOrder());
      for (int i = 0; i < SLAB; i++) {
        free.add(new UnsafeBuffer(slab, i * bytes, bytes));
      }
      allocated += SLAB;
    }
    return free.removeLast(); // the one used last is most likely in the cache
  }

  /** Takes a buffer back. */
  void give(UnsafeBuffer buffer) {
    free.addLast(buffer);
  }

  /** Number of buffers ever made. */
  int allocated() {
    return allocated;
  }
}
