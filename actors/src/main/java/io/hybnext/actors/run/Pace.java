package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Smoothed times of a generation: speed of the run, and which member the others wait for. */
final class Pace {
  private static final double KEEP = 0.9;

  private static final class Times {
    double computeNs;
    double exchangeNs;
    double dataWaitNs;
  }

  private final Generation generation;
  private final double stragglerFactor;
  private final Map<String, Times> times = new HashMap<>();
  private double stepNs;
  private double tokens;
  private int seen;

  Pace(Generation generation, double stragglerFactor) {
    this.generation = generation;
    this.stragglerFactor = stragglerFactor;
  }

  /**
   * Adds a committed step. Its duration is the longest that a member reports: the clock of the
   * members' threads, not the arrival of their messages.
   */
  void add(Map<String, StepReport> reports) {
    if (reports.isEmpty()) {
      return;
    }
    // The first steps warm up the kernels; averaging them plainly lets them fade quickly.
    double keep = Math.min(KEEP, seen / (seen + 1.0));
    seen++;
    long longestNs = reports.values().stream().mapToLong(StepReport::stepNs).max().orElse(0);
    stepNs = mix(stepNs, longestNs, keep);
    tokens = mix(tokens, reports.values().iterator().next().tokens(), keep);
    reports.forEach(
        (trainer, report) -> {
          Times of = times.computeIfAbsent(trainer, name -> new Times());
          of.computeNs = mix(of.computeNs, report.computeNs(), keep);
          of.exchangeNs = mix(of.exchangeNs, report.exchangeNs(), keep);
          of.dataWaitNs = mix(of.dataWaitNs, report.dataWaitNs(), keep);
        });
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

  /** Health of every member by rank. */
  List<MemberHealth> members(Roster roster, long nowNs) {
    double fastest =
        generation.members().stream()
            .mapToDouble(this::microshardNs)
            .filter(ns -> ns > 0)
            .min()
            .orElse(Double.MAX_VALUE);
    List<MemberHealth> health = new ArrayList<>();
    for (Member member : generation.members()) {
      Times of = times.getOrDefault(member.trainer(), new Times());
      boolean straggler = microshardNs(member) > stragglerFactor * fastest;
      health.add(
          new MemberHealth(
              member.trainer(),
              member.rank(),
              roster.silentNs(member.trainer(), nowNs) / 1_000_000,
              of.computeNs / 1e6,
              of.exchangeNs / 1e6,
              of.dataWaitNs / 1e6,
              straggler));
    }
    return health;
  }

  /** Members may have different numbers of microshards; their speed is compared for one. */
  private double microshardNs(Member member) {
    Times of = times.get(member.trainer());
    return of == null ? 0 : of.computeNs / member.microshards().size();
  }
}
