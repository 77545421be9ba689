package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which member did which steps. A step is committed when every member of the present generation has
 * its result, by having done it or by having settled on it; whoever did it may have told of it,
 * also a member that is lost since. Nobody finishes a step without every member's gradients, and
 * nobody begins one without the result of the step before: so whoever did a step tells of the step
 * before for all, also for a member that is cut off from here.
 */
final class StepBook {
  private final Map<String, Long> done = new HashMap<>();
  private final TreeMap<Long, Map<String, StepReport>> open = new TreeMap<>();
  private Generation generation; // null before the first
  private long committed;
  private long furthest;
  private long settled; // steps before the generation

  StepBook(long committed) {
    this.committed = committed;
    furthest = committed;
  }

  /**
   * Goes on with a generation; see {@link #takeCommitted} for what that commits.
   *
   * @param step number of steps done in what its members settled on; less than {@link #committed}
   *     only when the state was lost
   */
  void enter(Generation next, long step) {
    generation = next;
    done.clear();
    next.members().forEach(member -> done.put(member.trainer(), step));
    settled = step;
    furthest = step;
    if (step < committed) {
      committed = step;
      open.clear();
    }
  }

  /**
   * Notes what a trainer told; returns whether that moves a member of the generation on, or is what
   * the next step waited for.
   */
  boolean add(String trainer, long number, StepReport report) {
    long count = report.step() + 1;
    if (count <= committed) {
      done.computeIfPresent(trainer, (name, before) -> later(number, before, count));
      return false;
    }
    Map<String, StepReport> known = open.computeIfAbsent(report.step(), step -> new HashMap<>());
    boolean first = known.isEmpty();
    known.put(trainer, report);
    boolean member =
        generation != null && generation.number() == number && done.containsKey(trainer);
    if (!member || count <= done.get(trainer)) {
      return first && report.step() == committed;
    }
    done.put(trainer, count);
    furthest = Math.max(furthest, count);
    return true;
  }

  private long later(long number, long before, long count) {
    return generation.number() == number ? Math.max(before, count) : before;
  }

  /**
   * Takes the steps that every member has the result of, in order, with what is known of them. A
   * member's report may be missing in a step when it was lost on the way and a later one came. When
   * all are missing, a step of this generation waits until somebody tells of it again; of those
   * before, the members told all that they know when they settled.
   */
  List<Map<String, StepReport>> takeCommitted() {
    long told = done.values().stream().mapToLong(Long::longValue).min().orElse(committed);
    long all = Math.max(told, furthest - 1);
    List<Map<String, StepReport>> steps = new ArrayList<>();
    while (committed < all && (committed < settled || open.containsKey(committed))) {
      steps.add(open.getOrDefault(committed, Map.of()));
      open.remove(committed);
      committed++;
    }
    return steps;
  }

  /** Number of steps that are committed. */
  long committed() {
    return committed;
  }

  /** Number of steps that the furthest member has done. */
  long furthest() {
    return furthest;
  }

  /** Number of steps that a member of the generation has done; 0 for others. */
  long done(String trainer) {
    return done.getOrDefault(trainer, 0L);
  }

  /** Names of members that have done fewer steps, by rank. */
  List<String> before(long steps) {
    return generation.members().stream()
        .map(Member::trainer)
        .filter(trainer -> done.get(trainer) < steps)
        .toList();
  }
}
