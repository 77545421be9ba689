package io.hybnext.tests.equality;

import java.util.concurrent.TimeUnit;

/** What is to happen to a trainer of this process at one of its next calls. Thread-safe. */
final class Trouble {
  private int callsLeft = -1; // before it fails; negative: it does not
  private long stallMs;

  /** The trainer's thread ends with an exception after so many calls of its maths. */
  synchronized void failAfter(int calls) {
    callsLeft = calls;
  }

  /** The next call takes longer. */
  synchronized void stall(long timeMs) {
    stallMs = timeMs;
  }

  /** Called with every call of the maths, on the trainer's thread. */
  void pass() {
    long waitMs = take();
    if (waitMs > 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(waitMs);
      } catch (InterruptedException ending) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized long take() {
    if (callsLeft == 0) {
      throw new IllegalStateException("it fails on purpose");
    }
    callsLeft -= callsLeft > 0 ? 1 : 0;
    long waitMs = stallMs;
    stallMs = 0;
    return waitMs;
  }
}
