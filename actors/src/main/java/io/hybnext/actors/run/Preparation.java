package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which members of an announced generation have connected and settled, and on which step. */
final class Preparation {
  private final Generation generation;
  private final Map<String, RunEvent.MemberReady> ready = new TreeMap<>();

  Preparation(Generation generation) {
    this.generation = generation;
  }

  /** Notes one; returns whether that makes all of them. */
  boolean add(RunEvent.MemberReady member) {
    ready.put(member.trainer(), member);
    return missing().isEmpty();
  }

  /** Names of those that are not ready, by rank. */
  List<String> missing() {
    return generation.members().stream()
        .map(Member::trainer)
        .filter(trainer -> !ready.containsKey(trainer))
        .toList();
  }

  /** Number of steps done in what the members hold. */
  long step() {
    return ready.values().stream().mapToLong(RunEvent.MemberReady::step).max().orElseThrow();
  }

  /** Whether all of them say the same. */
  boolean agreed() {
    return ready.values().stream().allMatch(member -> member.step() == step());
  }

  /** {@code trainer-0 on 5, trainer-1 on 6}. */
  String describe() {
    return String.join(
        ", ",
        ready.values().stream().map(member -> member.trainer() + " on " + member.step()).toList());
  }

  /** Whether members restored the generation's checkpoint. */
  boolean restored() {
    return ready.values().stream().anyMatch(member -> member.times().restored());
  }

  /** The longest times of any member. */
  PrepareTimes slowest() {
    long openNs = 0;
    long settleNs = 0;
    for (RunEvent.MemberReady member : ready.values()) {
      openNs = Math.max(openNs, member.times().openNs());
      settleNs = Math.max(settleNs, member.times().settleNs());
    }
    return new PrepareTimes(openNs, settleNs, restored());
  }
}
