package io.hybnext.actors.exchange;

import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * How the thread of an Aeron client sleeps: shortly while links open, when what the driver says is
 * waited for, and longer while the trainer computes.
 */
final class ConductorPace implements IdleStrategy {
  private static final long WAITED_FOR_NS = 100_000;
  private static final long CALM_NS = 5_000_000; // also the delay at which a lost member shows

  private volatile boolean waitedFor;

  /** Says whether somebody waits for the driver. */
  void waitedFor(boolean now) {
    waitedFor = now;
  }

  @Override
  public void idle(int workCount) {
    if (workCount <= 0) {
      idle();
    }
  }

  @Override
  public void idle() {
    LockSupport.parkNanos(waitedFor ? WAITED_FOR_NS : CALM_NS);
  }

  @Override
  public void reset() {}
}
