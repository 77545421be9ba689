package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.util.ArrayList;
import java.util.List;

/** Numbers the generations of a run and deals the microshards out to their members. */
final class Generations {
  private final RunSettings settings;
  private long next;
  private long count;

  Generations(RunSettings settings, long first) {
    this.settings = settings;
    next = first;
  }

  /** Makes the next one of the trainers that are there, as many as there are microshards for. */
  Generation form(Roster roster, long startStep, String checkpoint) {
    RunPlan plan = settings.plan();
    List<String> joined = roster.joined();
    List<String> names = joined.subList(0, Math.min(joined.size(), plan.microshards()));
    List<MicroshardRange> ranges = MicroshardRange.split(plan.microshards(), names.size());
    List<Member> members = new ArrayList<>();
    for (int rank = 0; rank < names.size(); rank++) {
      String name = names.get(rank);
      members.add(new Member(name, roster.incarnation(name), rank, ranges.get(rank)));
    }
    count++;
    return new Generation(
        settings.identity().run(),
        next++,
        members,
        startStep,
        checkpoint,
        plan.aeronDirectory(),
        plan.channel());
  }

  /** Number of generations formed. */
  long count() {
    return count;
  }
}
