package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Smoothed times of a run: its speed, which member the others wait for, and how long each needs for
 * a microshard. What is known of a trainer is kept from generation to generation.
 */
final class Pace {
  private static final double KEEP = 0.9;

  private static final class Times {
    double computeNs;
    double exchangeNs;
    double dataWaitNs;
    double microshardNs;
    int seen;
  }

  private final double stragglerFactor;
  private final Map<String, Times> times = new HashMap<>();
  private Generation generation;
  private double stepNs;
  private double tokens;
  private int seen;

  Pace(double stragglerFactor) {
    this.stragglerFactor = stragglerFactor;
  }

  /** Goes on with a generation: the speed of the run is measured anew. */
  void enter(Generation next) {
    generation = next;
    seen = 0;
  }

  /** A process of this name starts: it may run somewhere else. */
  void forget(String trainer) {
    times.remove(trainer);
  }

  /**
   * Adds a committed step. Its duration is the longest that a member reports: the clock of the
   * members' threads, not the arrival of their messages. A step that was finished by settling has
   * no duration and does not count.
   */
  void add(Map<String, StepReport> reports) {
    long longestNs = reports.values().stream().mapToLong(StepReport::stepNs).max().orElse(0);
    if (longestNs == 0) {
      return;
    }
    // The first steps warm up the kernels; averaging them plainly lets them fade quickly.
    double keep = keep(seen++);
    stepNs = mix(stepNs, longestNs, keep);
    tokens = mix(tokens, reports.values().iterator().next().tokens(), keep);
    reports.forEach(this::add);
  }

  private void add(String trainer, StepReport report) {
    if (report.stepNs() == 0 || !generation.isMember(trainer)) {
      return;
    }
    Times of = times.computeIfAbsent(trainer, name -> new Times());
    double keep = keep(of.seen++);
    of.computeNs = mix(of.computeNs, report.computeNs(), keep);
    of.exchangeNs = mix(of.exchangeNs, report.exchangeNs(), keep);
    of.dataWaitNs = mix(of.dataWaitNs, report.dataWaitNs(), keep);
    // Members may have different numbers of microshards; their speed is compared for one.
    double oneNs = report.computeNs() / (double) generation.member(trainer).microshards().size();
    of.microshardNs = mix(of.microshardNs, oneNs, keep);
  }

  private static double keep(int seen) {
    return Math.min(KEEP, seen / (seen + 1.0));
  }

  private static double mix(double old, double value, double keep) {
    return keep * old + (1 - keep) * value;
  }

  double secondsPerStep() {
    return stepNs / 1e9;
  }

  double tokensPerSecond() {
    return stepNs > 0 ? tokens / (stepNs / 1e9) : 0;
  }

  /** Time that a trainer needs for a microshard, nanoseconds; 0 when it is not known yet. */
  double microshardNs(String trainer) {
    Times of = times.get(trainer);
    return of == null ? 0 : of.microshardNs;
  }

  /** Number of steps that the time of a trainer was measured over. */
  int measured(String trainer) {
    Times of = times.get(trainer);
    return of == null ? 0 : of.seen;
  }

  /** Health of every member by rank. */
  List<MemberHealth> members(Roster roster, long nowNs) {
    double fastest =
        generation.members().stream()
            .mapToDouble(member -> microshardNs(member.trainer()))
            .filter(ns -> ns > 0)
            .min()
            .orElse(Double.MAX_VALUE);
    List<MemberHealth> health = new ArrayList<>();
    for (Member member : generation.members()) {
      Times of = times.getOrDefault(member.trainer(), new Times());
      health.add(
          new MemberHealth(
              member.trainer(),
              member.rank(),
              roster.silentNs(member.trainer(), nowNs) / 1_000_000,
              of.computeNs / 1e6,
              of.exchangeNs / 1e6,
              of.dataWaitNs / 1e6,
              of.microshardNs > stragglerFactor * fastest));
    }
    return health;
  }
}
