package io.hybnext.actors.simulation;

import java.util.ArrayDeque;

/**
 * A process: what it has to do waits while it is stopped and vanishes when it ends. A crash within
 * one of its disk operations ends it there.
 */
abstract class SimulatedProcess {
  private final EventQueue events;
  private final ArrayDeque<Runnable> backlog = new ArrayDeque<>();
  private boolean alive = true;
  private boolean stopped;

  SimulatedProcess(EventQueue events) {
    this.events = events;
  }

  /** Whether it runs, or is stopped and will run again. */
  final boolean isAlive() {
    return alive;
  }

  final boolean isStopped() {
    return stopped;
  }

  /** Number of things that wait for it to go on. */
  final int backlog() {
    return backlog.size();
  }

  /** Does something after a time, if it lives then. */
  final void after(long delayNs, Runnable work) {
    events.after(delayNs, () -> perform(work));
  }

  /** Does something now, or when it goes on. */
  final void perform(Runnable work) {
    if (!alive) {
      return;
    }
    if (stopped) {
      backlog.add(work);
      return;
    }
    try {
      work.run();
    } catch (SimulatedCrash crash) {
      onCrash(crash.getMessage());
    }
  }

  /** SIGSTOP, or a long garbage collection. */
  final void stop() {
    stopped = true;
  }

  /** SIGCONT. */
  final void goOn() {
    stopped = false;
    while (!backlog.isEmpty() && alive && !stopped) {
      perform(backlog.poll());
    }
    perform(this::onGoOn);
  }

  /** It goes on after it was stopped. */
  abstract void onGoOn();

  /** It is no more. */
  final void end() {
    alive = false;
    backlog.clear();
  }

  /** It ended within a disk operation. */
  abstract void onCrash(String where);
}
