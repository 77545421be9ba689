package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which members of an announced generation have restored and connected. */
final class Preparation {
  private final Generation generation;
  private final Set<String> ready = new HashSet<>();

  Preparation(Generation generation) {
    this.generation = generation;
  }

  /** Notes one; returns whether that makes all of them. */
  boolean add(String trainer) {
    ready.add(trainer);
    return missing().isEmpty();
  }

  /** Names of those that are not ready, by rank. */
  List<String> missing() {
    return generation.members().stream()
        .map(Member::trainer)
        .filter(trainer -> !ready.contains(trainer))
        .toList();
  }
}
