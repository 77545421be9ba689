package io.hybnext.actors.simulation;

/** Wakes somebody at the earliest of the times that were asked for, once for all at that time. */
final class Alarm {
  private final EventQueue events;
  private final Runnable ring;
  private long nextNs = Long.MAX_VALUE;

  Alarm(EventQueue events, Runnable ring) {
    this.events = events;
    this.ring = ring;
  }

  void at(long timeNs) {
    if (timeNs < nextNs) {
      nextNs = timeNs;
      events.at(timeNs, this::look);
    }
  }

  private void look() {
    if (events.nowNs() >= nextNs) { // else it rang before, and will again
      nextNs = Long.MAX_VALUE;
      ring.run();
    }
  }
}
