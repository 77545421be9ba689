package io.hybnext.ops.bench;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A place in a ring of arrays: what is passed on is copied out of the array into one of a few
 * shared slots, and from there into the next rank's array, as whatever exchanges arrays through
 * shared memory has to do.
 */
final class MemoryRing implements RingEnd {
  private static final int SLOTS = 8;

  private final ByteBuffer array;
  private final ByteBuffer slots; // towards the next rank
  private final int slotBytes;
  private final int[] filled = new int[SLOTS];
  private final AtomicLong sent = new AtomicLong(); // messages; orders the slots' content
  private final AtomicLong taken = new AtomicLong();
  private MemoryRing before;
  private int out;
  private int in;

  private MemoryRing(int arrayBytes, int messageBytes) {
    array = ByteBuffer.allocateDirect(arrayBytes);
    slots = ByteBuffer.allocateDirect(SLOTS * messageBytes);
    slotBytes = messageBytes;
  }

  /** Adds the places of all ranks. */
  static void open(int ranks, int arrayBytes, int messageBytes, List<RingEnd> ends) {
    MemoryRing first = new MemoryRing(arrayBytes, messageBytes);
    MemoryRing last = first;
    ends.add(first);
    for (int rank = 1; rank < ranks; rank++) {
      MemoryRing next = new MemoryRing(arrayBytes, messageBytes);
      next.before = last;
      ends.add(next);
      last = next;
    }
    first.before = last;
  }

  @Override
  public int send(int most) {
    long number = sent.get();
    if (number - taken.get() == SLOTS) {
      return 0;
    }
    int count = Math.min(Math.min(most, slotBytes), array.capacity() - out);
    int slot = (int) (number % SLOTS);
    slots.put(slot * slotBytes, array, out, count);
    filled[slot] = count;
    out = (out + count) % array.capacity();
    sent.setRelease(number + 1);
    return count;
  }

  @Override
  public int receive() {
    long number = before.taken.get();
    if (number == before.sent.getAcquire()) {
      return 0;
    }
    int slot = (int) (number % SLOTS);
    int count = before.filled[slot];
    array.put(in, before.slots, slot * slotBytes, count);
    in = (in + count) % array.capacity();
    before.taken.setRelease(number + 1);
    return count;
  }

  @Override
  public void close() {
    // its memory goes with it
  }
}
