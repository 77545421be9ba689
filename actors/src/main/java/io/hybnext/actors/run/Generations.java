package io.hybnext.actors.run;

import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.membership.MicroshardRange;
import java.util.ArrayList;
import java.util.List;

/** Numbers the generations of a run and deals the microshards out to their members. */
final class Generations {
  private final RunSettings settings;
  private final Roster roster;
  private final Shares shares;
  private final ExchangeKey secret;
  private long next;
  private long count;

  /**
   * Creates it.
   *
   * @param first number of the first
   * @param secret from which each generation's key is derived; may be none
   */
  Generations(RunSettings settings, Roster roster, Shares shares, long first, ExchangeKey secret) {
    this.secret = secret;
    this.settings = settings;
    this.roster = roster;
    this.shares = shares;
    next = first;
  }

  /**
   * Makes the next one of the trainers that are there, as many as there are microshards for; those
   * that hold the run's state come before others.
   *
   * @param before the generation before; null without one
   * @param checkpoint what its members restore when they hold nothing
   */
  Generation form(Generation before, CheckpointBook checkpoint) {
    RunPlan plan = settings.plan();
    List<String> names = new ArrayList<>(roster.joined());
    if (before != null && names.size() > plan.microshards()) {
      names.sort((a, b) -> Boolean.compare(before.isMember(b), before.isMember(a)));
      names.subList(plan.microshards(), names.size()).clear();
      names.sort(Roster.BY_NUMBER);
    }
    names = names.subList(0, Math.min(names.size(), plan.microshards()));
    List<MicroshardRange> ranges = shares.split(names);
    List<Member> members = new ArrayList<>();
    for (int rank = 0; rank < names.size(); rank++) {
      String name = names.get(rank);
      members.add(place(name, rank, ranges.get(rank)));
    }
    count++;
    long number = next++;
    return new Generation(
        settings.identity().run(),
        number,
        members,
        checkpoint.savedStep(),
        checkpoint.savedFolder(),
        plan.aeronDirectory(),
        plan.channel(),
        secret.isNone() ? secret : secret.derive("generation " + number));
  }

  private Member place(String trainer, int rank, MicroshardRange range) {
    return new Member(trainer, roster.incarnation(trainer), rank, range, roster.host(trainer));
  }

  /** Another coordinator formed this one; returns whether none was formed here yet. */
  boolean recover(Generation theirs) {
    next = Math.max(next, theirs.number() + 1);
    return count == 0;
  }

  /** The generation of another coordinator goes on. */
  void adopted() {
    count++;
  }

  /** Number of the next one; no coordinator before used it. */
  long next() {
    return next;
  }

  /** Number of generations formed or taken over. */
  long count() {
    return count;
  }
}
