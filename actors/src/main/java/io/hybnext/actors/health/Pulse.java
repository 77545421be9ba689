package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What an actor of the leading process does: it says when it begins and finishes something, and is
 * held to stand still when one thing takes longer than its patience. One writer, any readers.
 */
public final class Pulse implements HealthProbe {
  private static final String IDLE = "is idle";

  private final String actor;
  private final long patienceNs;
  private final String action;
  private final LongSupplier clock;
  private volatile Doing doing;

  private record Doing(String what, long sinceNs, long done) {}

  /**
   * A pulse of an actor that is idle.
   *
   * @param actor its name
   * @param patience for one thing that it does
   * @param action what people should do when it stands still
   */
  public Pulse(String actor, Duration patience, String action) {
    this(actor, patience, action, System::nanoTime);
  }

  /** The same with a clock of the caller's. */
  Pulse(String actor, Duration patience, String action, LongSupplier clock) {
    this.actor = actor;
    this.patienceNs = patience.toNanos();
    this.action = action;
    this.clock = clock;
    doing = new Doing(IDLE, clock.getAsLong(), 0);
  }

  /**
   * Begins something.
   *
   * @param what as the end of a sentence that begins with the actor's name, like {@code writes}
   */
  public void begin(String what) {
    doing = new Doing(what, clock.getAsLong(), doing.done());
  }

  /** Finished what it began. */
  public void finish() {
    doing = new Doing(IDLE, clock.getAsLong(), doing.done() + 1);
  }

  /** Finished one thing and goes on with the next of its kind: for what never rests. */
  public void beat(String what) {
    doing = new Doing(what, clock.getAsLong(), doing.done() + 1);
  }

  /** Does something between {@link #begin} and {@link #finish}, however it ends. */
  public void during(String what, Runnable task) {
    begin(what);
    try {
      task.run();
    } finally {
      finish();
    }
  }

  @Override
  public String actor() {
    return actor;
  }

  @Override
  public Cause cause() {
    return Cause.STALL;
  }

  @Override
  public Optional<Trouble> look() {
    Doing now = doing;
    long forNs = clock.getAsLong() - now.sinceNs();
    if (now.what().equals(IDLE) || forNs <= patienceNs) {
      return Optional.empty();
    }
    String sentence =
        "The " + actor + " " + now.what() + " since " + forNs / 1_000_000_000L + " s.";
    return Optional.of(new Trouble(HealthState.DEGRADED, sentence, action));
  }

  /** What it does. */
  @Override
  public Optional<ActorReport> report() {
    Doing now = doing;
    long forMs = (clock.getAsLong() - now.sinceNs()) / 1_000_000;
    return Optional.of(new ActorReport(actor, now.what(), Math.max(0, forMs), now.done()));
  }
}
