package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which members of a generation wait for which. A member that computes, reads, or writes a
 * checkpoint does not say that it waits; so when all of them do, and have for a while, nothing will
 * come any more: a message was lost for good, as on a network that is cut in one direction. No
 * clock: times are arguments.
 */
final class Waits {
  private static final long FRESH_NS = 1_000_000_000L;
  private static final long LEAST_STALL_MS = 2_000;

  private record Wait(RunEvent.MemberWaits event, long heardNs) {}

  private final Map<String, Wait> waits = new HashMap<>();

  /** A member waits. */
  void add(RunEvent.MemberWaits event, long nowNs) {
    waits.put(event.trainer(), new Wait(event, nowNs));
  }

  /**
   * The member that most others wait for, when all wait and have for two seconds; of several, the
   * last. Tells of a generation only once.
   */
  Optional<String> culprit(Generation generation, long nowNs) {
    Map<String, Integer> votes = new HashMap<>();
    for (Member member : generation.members()) {
      Wait wait = waits.get(member.trainer());
      boolean stalled =
          wait != null
              && wait.event().generation() == generation.number()
              && nowNs - wait.heardNs() < FRESH_NS
              && wait.event().stalledMs() >= LEAST_STALL_MS;
      if (!stalled) {
        return Optional.empty();
      }
      wait.event().waitsFor().forEach(name -> votes.merge(name, 1, Integer::sum));
    }
    String most = null;
    for (Member member : generation.members()) {
      int of = votes.getOrDefault(member.trainer(), 0);
      if (of > 0 && (most == null || of >= votes.get(most))) {
        most = member.trainer();
      }
    }
    waits.clear();
    return Optional.ofNullable(most);
  }
}
