package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.time.Instant;
import java.util.Optional;

/**
 * What people are told.
 *
 * @param actor what it is about
 * @param cause what is or was wrong
 * @param state {@link HealthState#OK} when it is over
 * @param sentence what is so
 * @param action what to do next; empty when it is over
 * @param sinceNs when it began, of the clock of the signals
 */
public record Verdict(
    String actor, Cause cause, HealthState state, String sentence, String action, long sinceNs) {

  /** What an event tells, begun now; empty when it tells of something unknown. */
  public static Optional<Verdict> of(ProgressEvent.Health event, long nowNs) {
    return Cause.of(event.cause())
        .map(
            cause ->
                new Verdict(
                    event.actor(), cause, event.state(), event.sentence(), event.action(), nowNs));
  }

  /**
   * As an event of the run.
   *
   * @param now of the wall clock
   * @param nowNs the same moment of the clock of the signals
   */
  public ProgressEvent.Health event(Instant now, long nowNs) {
    String since = now.minusNanos(nowNs - sinceNs).toString();
    return new ProgressEvent.Health(actor, state, cause.word(), sentence, action, since);
  }
}
