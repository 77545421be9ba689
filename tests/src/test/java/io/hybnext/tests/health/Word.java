package io.hybnext.tests.health;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Something that the run said of its health.
 *
 * @param atNs when it was read, as {@link System#nanoTime}
 * @param actor who
 * @param cause what, as {@link io.hybnext.actors.health.Cause#word}
 * @param state ok, degraded or failed
 * @param sentence for people
 */
record Word(long atNs, String actor, String cause, String state, String sentence) {

  static Word of(JsonNode line, long atNs) {
    return new Word(
        atNs,
        line.path("actor").asText(),
        line.path("cause").asText(),
        line.path("state").asText(),
        line.path("sentence").asText());
  }

  /** Whether it tells that something is over. */
  boolean isOver() {
    return state.equals("ok");
  }

  /** Actor and cause. */
  String what() {
    return actor + " " + cause;
  }
}
