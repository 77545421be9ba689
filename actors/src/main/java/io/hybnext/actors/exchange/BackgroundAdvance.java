package io.hybnext.actors.exchange;

import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Sends and takes the messages of a step while the trainer computes, on a thread of its own. That
 * thread and the trainer's are in the machine one at a time, and the trainer's goes first: it waits
 * for a few messages at the most.
 */
final class BackgroundAdvance implements AutoCloseable {
  private static final long GIVE_WAY_NS = 20_000;

  private final ExchangeMachine machine;
  private final ExchangeThread thread;
  private final ReentrantLock turn = new ReentrantLock();
  private final IdleStrategy idle = new BackoffIdleStrategy(10, 0, 50_000, 1_000_000);
  private volatile boolean computing;
  private volatile boolean wanted; // by the trainer
  private volatile boolean closed;
  private RuntimeException failure; // guarded by turn

  /** The thread starts with the first {@link #begin}. */
  BackgroundAdvance(ExchangeMachine machine, String trainer) {
    this.machine = machine;
    thread = new ExchangeThread(this::run, trainer + "-exchange");
  }

  /**
   * The trainer computes from now on: the machine is used between {@link #enter} and leave only.
   */
  void begin() {
    computing = true;
    thread.start();
    thread.wake();
  }

  /**
   * The trainer's thread wants to use the machine.
   *
   * @throws RuntimeException a defect that showed on the other thread
   */
  void enter() {
    wanted = true;
    turn.lock();
    wanted = false;
    if (failure != null) {
      turn.unlock();
      throw failure;
    }
  }

  /** The trainer's thread computes on. */
  void leave() {
    turn.unlock();
  }

  /** Whether the other thread still uses the machine; not after the generation ended. */
  boolean goesOn() {
    return computing;
  }

  /** From now on the machine is the trainer's alone; throws as {@link #enter}. */
  void end() {
    computing = false;
    enter();
    leave();
  }

  private void run() {
    while (!closed) {
      if (!computing) {
        LockSupport.park(this);
      } else if (wanted) {
        LockSupport.parkNanos(this, GIVE_WAY_NS);
      } else {
        idle.idle(advance());
      }
    }
  }

  private int advance() {
    turn.lock();
    try {
      return computing ? machine.advance() : 0;
    } catch (ExchangeException ended) {
      computing = false; // the trainer's next call meets it too, and knows better what it means
      return 0;
    } catch (RuntimeException defect) {
      failure = defect;
      computing = false;
      return 0;
    } finally {
      turn.unlock();
    }
  }

  /** Ends the thread; the machine is not used by it any more. */
  @Override
  public void close() {
    closed = true;
    computing = false;
    thread.awaitEnd();
  }
}
