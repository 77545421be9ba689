package io.hybnext.streams.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Bounds what a stream holds in memory, in bytes. An element takes one permit on its way in, may
 * shrink it when it becomes smaller, and gives it back on its way out. Thread-safe.
 *
 * <p>The bound: bytes in use never exceed the larger of the capacity and the largest single permit.
 * A permit is granted only if it fits, or if nothing is in use (so one element larger than the
 * capacity passes alone and does not stop the stream for good); permits only shrink.
 *
 * <p>No deadlock: permits are granted in the order asked for, and every element asks once, in
 * stream order, so whoever holds bytes is ahead of whoever waits and never waits for it. A stream
 * that groups elements must let a partial group go after a time.
 */
public final class ByteBudget {
  private final long capacityBytes;
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private long inUseBytes;
  private long peakBytes;

  private record Waiter(long bytes, CompletableFuture<Permit> granted) {}

  /** A budget of {@code capacityBytes}, all free. */
  public ByteBudget(long capacityBytes) {
    if (capacityBytes < 1) {
      throw new IllegalArgumentException("byte budget = " + capacityBytes + ": want at least 1");
    }
    this.capacityBytes = capacityBytes;
  }

  /**
   * Asks for bytes.
   *
   * @return completes when they are granted, on the thread that gave bytes back or on this one
   */
  public CompletionStage<Permit> acquire(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("permit of " + bytes + " bytes");
    }
    CompletableFuture<Permit> granted = new CompletableFuture<>();
    List<Waiter> ready;
    synchronized (this) {
      waiters.add(new Waiter(bytes, granted));
      ready = grant();
    }
    complete(ready);
    return granted;
  }

  /** Bytes held by permits now. */
  public synchronized long inUseBytes() {
    return inUseBytes;
  }

  /** The most bytes that were ever held at once. */
  public synchronized long peakBytes() {
    return peakBytes;
  }

  /** Bytes that can be held at once. */
  public long capacityBytes() {
    return capacityBytes;
  }

  private List<Waiter> grant() {
    List<Waiter> ready = new ArrayList<>(1);
    while (!waiters.isEmpty()) {
      long bytes = waiters.peek().bytes();
      if (inUseBytes > 0 && inUseBytes + bytes > capacityBytes) {
        break;
      }
      inUseBytes += bytes;
      peakBytes = Math.max(peakBytes, inUseBytes);
      ready.add(waiters.remove());
    }
    return ready;
  }

  private void complete(List<Waiter> ready) {
    for (Waiter waiter : ready) { // outside the lock: this runs foreign code
      waiter.granted().complete(new Permit(waiter.bytes()));
    }
  }

  /** Bytes that its holder may use. */
  public final class Permit implements AutoCloseable {
    private long bytes;

    private Permit(long bytes) {
      this.bytes = bytes;
    }

    /** Bytes still held. */
    public long bytes() {
      synchronized (ByteBudget.this) {
        return bytes;
      }
    }

    /** Gives back all but {@code remainingBytes}; does nothing if it holds no more than that. */
    public void shrinkTo(long remainingBytes) {
      List<Waiter> ready;
      synchronized (ByteBudget.this) {
        long freed = bytes - Math.max(0, remainingBytes);
        if (freed <= 0) {
          return;
        }
        bytes -= freed;
        inUseBytes -= freed;
        ready = grant();
      }
      complete(ready);
    }

    /** Gives everything back; a second call does nothing. */
    @Override
    public void close() {
      shrinkTo(0);
    }
  }
}
