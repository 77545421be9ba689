package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the step at which all members of a generation can stop without leaving a step half done:
 * each is asked to begin no further one and says where it is; the furthest of them decides, since
 * the others take part in the step that it is in.
 */
final class Boundary {
  private final Generation generation;
  private final Map<String, Long> answers = new HashMap<>();
  private boolean asked;
  private long holds;

  /**
   * Creates it.
   *
   * @param holds number of holds that other coordinators may have given
   */
  Boundary(Generation generation, long holds) {
    this.generation = generation;
    this.holds = holds;
  }

  /** Asks the members. */
  void ask() {
    asked = true;
    holds++;
    answers.clear();
  }

  /** How often the members were asked. */
  long holds() {
    return holds;
  }

  /** Whether answers are waited for. */
  boolean isAsked() {
    return asked;
  }

  /** Notes an answer; returns whether that was the last one. */
  boolean add(String trainer, long hold, long steps) {
    if (!asked || hold != holds) {
      return false;
    }
    answers.merge(trainer, steps, Math::max);
    asked = !missing().isEmpty();
    return !asked;
  }

  /** Names of those that did not answer, by rank. */
  List<String> missing() {
    return generation.members().stream()
        .map(Member::trainer)
        .filter(trainer -> !answers.containsKey(trainer))
        .toList();
  }

  /** Number of steps done at the boundary, once all have answered. */
  long steps() {
    return answers.values().stream().mapToLong(Long::longValue).max().orElseThrow();
  }
}
