package io.hybnext.actors.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.agrona.concurrent.NanoClock;

/** The virtual time as the clocks that the protocol's code asks. */
final class SimulatedClock extends Clock implements NanoClock {
  private final EventQueue events;

  SimulatedClock(EventQueue events) {
    this.events = events;
  }

  @Override
  public long nanoTime() {
    return events.nowNs();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("a simulation knows UTC only");
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochSecond(0, events.nowNs());
  }
}
