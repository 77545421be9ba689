package io.hybnext.actors.exchange;

import java.util.concurrent.locks.LockSupport;

/** A thread beside the trainer's that parks while it has nothing to do, until it is ended. */
final class ExchangeThread {
  private final Thread thread;

  /** Not started yet. */
  ExchangeThread(Runnable work, String name) {
    thread = new Thread(work, name);
    thread.setDaemon(true);
  }

  /** Starts it unless that was done. From one thread at a time. */
  void start() {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }

  /** It looks for work again. */
  void wake() {
    LockSupport.unpark(thread);
  }

  /** Wakes it and waits until its work returns, however often the caller is interrupted. */
  void awaitEnd() {
    wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
