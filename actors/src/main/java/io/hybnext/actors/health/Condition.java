package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent.HealthState;

/**
 * What a judge holds to be wrong at a moment.
 *
 * @param actor what it is about
 * @param cause what is wrong
 * @param state how bad
 * @param sentence what is so
 * @param action what to do next
 */
record Condition(String actor, Cause cause, HealthState state, String sentence, String action) {

  static Condition degraded(String actor, Cause cause, String sentence, String action) {
    return new Condition(actor, cause, HealthState.DEGRADED, sentence, action);
  }

  static Condition failed(String actor, Cause cause, String sentence, String action) {
    return new Condition(actor, cause, HealthState.FAILED, sentence, action);
  }
}
