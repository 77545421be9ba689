package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which member of a generation did which steps. A step is committed when every member did it. */
final class StepBook {
  private final Generation generation;
  private final Map<String, Long> done = new HashMap<>();
  private final TreeMap<Long, Map<String, StepReport>> open = new TreeMap<>();
  private long committed;
  private long furthest;

  StepBook(Generation generation) {
    this.generation = generation;
    committed = generation.startStep();
    furthest = committed;
    generation.members().forEach(member -> done.put(member.trainer(), committed));
  }

  /** Notes a report; returns false when it is a repeat. */
  boolean add(String trainer, StepReport report) {
    long count = report.step() + 1;
    if (count <= done.get(trainer)) {
      return false;
    }
    done.put(trainer, count);
    furthest = Math.max(furthest, count);
    open.computeIfAbsent(report.step(), step -> new HashMap<>()).put(trainer, report);
    return true;
  }

  /**
   * Takes the steps that every member has done, in order. A member's report may be missing in a
   * step when it was lost on the way and a later one came.
   */
  List<Map<String, StepReport>> takeCommitted() {
    long all = done.values().stream().mapToLong(Long::longValue).min().orElse(committed);
    List<Map<String, StepReport>> steps = new ArrayList<>();
    while (committed < all) {
      steps.add(open.getOrDefault(committed, Map.of()));
      open.remove(committed);
      committed++;
    }
    return steps;
  }

  /** Number of steps that every member has done. */
  long committed() {
    return committed;
  }

  /** Number of steps that the furthest member has done. */
  long furthest() {
    return furthest;
  }

  /** Names of members that have done fewer steps, by rank. */
  List<String> before(long steps) {
    return generation.members().stream()
        .map(Member::trainer)
        .filter(trainer -> done.get(trainer) < steps)
        .toList();
  }
}
