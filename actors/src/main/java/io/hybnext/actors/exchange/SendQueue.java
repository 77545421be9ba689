package io.hybnext.actors.exchange;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Pieces that wait until there is room on the way to their owner, first in first out. Holds at most
 * the partial sums of one step; grows to what a step needs and then stays.
 */
final class SendQueue {
  private int[] pieces = new int[16];
  private int[] firsts = new int[16];
  private int[] ends = new int[16];
  private DirectBuffer[] buffers = new DirectBuffer[16];
  private int[] offsets = new int[16];
  private boolean[] pooled = new boolean[16];
  private int head;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Appends a partial sum that stays where it is until it is sent. */
  void addBorrowed(int piece, int first, int end, DirectBuffer buffer, int offset) {
    add(piece, first, end, buffer, offset, false);
  }

  /** Appends a partial sum in a buffer that goes back to its pool afterwards. */
  void addPooled(int piece, int first, int end, UnsafeBuffer buffer) {
    add(piece, first, end, buffer, 0, true);
  }

  private void add(
      int piece, int first, int end, DirectBuffer buffer, int offset, boolean fromPool) {
    if (size == pieces.length) {
      grow();
    }
    int at = (head + size++) % pieces.length;
    pieces[at] = piece;
    firsts[at] = first;
    ends[at] = end;
    buffers[at] = buffer;
    offsets[at] = offset;
    pooled[at] = fromPool;
  }

  int piece() {
    return pieces[head];
  }

  int first() {
    return firsts[head];
  }

  int end() {
    return ends[head];
  }

  DirectBuffer buffer() {
    return buffers[head];
  }

  int offset() {
    return offsets[head];
  }

  /** Removes the first one. */
  void remove(PieceBuffers pool) {
    if (pooled[head]) {
      pool.give((UnsafeBuffer) buffers[head]);
    }
    buffers[head] = null;
    head = (head + 1) % pieces.length;
    size--;
  }

  private void grow() {
    int capacity = 2 * size;
    rotate();
    pieces = Arrays.copyOf(pieces, capacity);
    firsts = Arrays.copyOf(firsts, capacity);
    ends = Arrays.copyOf(ends, capacity);
    buffers = Arrays.copyOf(buffers, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    pooled = Arrays.copyOf(pooled, capacity);
  }

  /** Moves the first one to index 0, so that a longer array continues the order. */
  private void rotate() {
    int[] oldPieces = pieces.clone();
    int[] oldFirsts = firsts.clone();
    int[] oldEnds = ends.clone();
    DirectBuffer[] oldBuffers = buffers.clone();
    int[] oldOffsets = offsets.clone();
    boolean[] oldPooled = pooled.clone();
    for (int i = 0; i < size; i++) {
      int from = (head + i) % oldPieces.length;
      pieces[i] = oldPieces[from];
      firsts[i] = oldFirsts[from];
      ends[i] = oldEnds[from];
      buffers[i] = oldBuffers[from];
      offsets[i] = oldOffsets[from];
      pooled[i] = oldPooled[from];
    }
    head = 0;
  }
}
