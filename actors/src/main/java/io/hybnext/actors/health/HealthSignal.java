package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent;
import java.util.Optional;

/** What a {@link HealthMonitor} concludes from. */
public sealed interface HealthSignal {

  /** A trainer tells of itself. */
  record Beat(String trainer, Vitals vitals) implements HealthSignal {}

  /** Something happened to the run. */
  record Happened(ProgressEvent event) implements HealthSignal {}

  /**
   * A stage of a stream at this moment.
   *
   * @param stage its name
   * @param finished elements that left it, ever
   * @param waiting elements in front of it and in it
   */
  record Stage(String stage, long finished, long waiting) implements HealthSignal {}

  /**
   * This process leads the run since another one that led it is gone.
   *
   * @param former that process, for people
   */
  record TookOver(String former) implements HealthSignal {}

  /**
   * Something outside was looked at, see {@link HealthProbe}.
   *
   * @param actor what
   * @param cause what can be wrong with it
   * @param trouble what is wrong; empty when it is well
   */
  record Probed(String actor, Cause cause, Optional<HealthProbe.Trouble> trouble)
      implements HealthSignal {}
}
