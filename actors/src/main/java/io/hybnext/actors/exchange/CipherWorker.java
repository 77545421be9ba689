package io.hybnext.actors.exchange;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * Seals or opens messages one after the other on a thread of its own, so that the trainer's thread
 * only copies them. The thread sleeps while there is nothing to do. Jobs come from one thread at a
 * time.
 */
final class CipherWorker implements AutoCloseable {
  private static final int SPINS = 2_000; // tens of microseconds: the next message is not far

  /** Something to do with one message. */
  interface Job {
    /** Does it; must not throw. */
    void run();
  }

  private final OneToOneConcurrentArrayQueue<Job> jobs;
  private final ExchangeThread thread;
  private volatile boolean sleeping;
  private volatile boolean closed;

  /**
   * Starts the thread.
   *
   * @param capacity most jobs at a time
   */
  CipherWorker(String name, int capacity) {
    jobs = new OneToOneConcurrentArrayQueue<>(capacity);
    thread = new ExchangeThread(this::run, name);
    thread.start();
  }

  /** Does the job after those before it. */
  void submit(Job job) {
    if (!jobs.offer(job)) {
      throw new IllegalStateException("more jobs than the worker was made for");
    }
    VarHandle.fullFence(); // the job is there before sleeping is read: one of both sees the other
    if (sleeping) {
      thread.wake();
    }
  }

  private void run() {
    Job job = next();
    while (job != null) {
      job.run();
      job = next();
    }
  }

  /** Waits for a job; null when closed and nothing is left to do. */
  private Job next() {
    for (int spin = 0; spin < SPINS; spin++) {
      Job job = jobs.poll();
      if (job != null) {
        return job;
      }
      Thread.onSpinWait();
    }
    while (true) {
      sleeping = true;
      boolean last = closed;
      Job job = jobs.poll();
      if (job == null && !last) {
        LockSupport.park(this);
      }
      sleeping = false;
      if (job != null || last) {
        return job;
      }
    }
  }

  /** Ends the thread when all jobs are done. */
  @Override
  public void close() {
    closed = true;
    thread.awaitEnd();
  }
}
