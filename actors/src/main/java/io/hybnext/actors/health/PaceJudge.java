package io.hybnext.actors.health;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sees trainers that are slow and trainers that wait for data much of their time, from the
 * differences between what they tell. What is slow is relative: to the other members, or, where
 * there are none, to what the trainer did before. The time in which a trainer could have run, but
 * other programs had the processors, does not count: who waits for a processor is not slow. That
 * its machine is busy is told where the other members' are not.
 */
final class PaceJudge implements Judge {
  static final String FEED =
      "Look at the disk of data.store and at what else reads it; stop an ingestion beside the run.";
  private static final String SPEED =
      "See what else runs on its machine, its clock and temperature; drain it if it stays slow.";
  private static final String ROOM =
      "See what else runs on its machine; end that, or drain the trainer if it stays so.";
  private static final double SLOW = 2.0;
  private static final double BUSY = 0.3; // share of its time that a trainer waits for a processor
  private static final double FREE = 0.1;
  private static final double STARVED_SHARE = 0.25;
  private static final double FELT = 0.1; // of a step, that it takes longer because of one
  private static final int RECENT = 3;
  private static final int LONG = 5; // looks where processors are wanted by more than there are
  private static final int LEARNT = 5; // looks before a trainer is compared

  private static final class Pace {
    Vitals last;
    long lastNs;
    int looks;
    final Samples microshardMs = new Samples(LONG); // without waiting for a processor
    final Samples elapsedMs = new Samples(LONG); // the same microshards by the clock
    final Samples usualMs = new Samples(120);
    final Samples waitShare = new Samples(LONG); // for a processor
    final Samples dataShare = new Samples(RECENT);
  }

  private final RunView run;
  private final Map<String, Pace> paces = new HashMap<>();

  PaceJudge(RunView run) {
    this.run = run;
  }

  @Override
  public void on(HealthSignal signal, long nowNs) {
    if (signal instanceof HealthSignal.Beat beat) {
      Pace pace = paces.computeIfAbsent(beat.trainer(), name -> new Pace());
      if (pace.last != null && beat.vitals().steps() < pace.last.steps()) {
        paces.put(beat.trainer(), new Pace()); // a new process
        pace = paces.get(beat.trainer());
      }
      add(pace, beat.vitals(), nowNs);
    }
  }

  /** Differences over whole steps only: within one, a trainer does one thing after the other. */
  private void add(Pace pace, Vitals now, long nowNs) {
    Vitals before = pace.last;
    if (before != null && now.steps() == before.steps()) {
      return;
    }
    pace.last = now;
    long elapsedNs = nowNs - pace.lastNs;
    pace.lastNs = nowNs;
    if (before == null || !run.isSteady()) {
      return; // the first steps of a generation are slower
    }
    pace.looks++;
    double waits = now.processor().waitShare(before.processor());
    pace.waitShare.add(waits);
    if (now.microshards() > before.microshards()) {
      double ms =
          (now.computeMs() - before.computeMs()) / (now.microshards() - before.microshards());
      pace.elapsedMs.add(ms);
      pace.microshardMs.add(ms * (1 - waits));
      pace.usualMs.add(ms * (1 - waits));
    }
    if (waits < BUSY) { // else who reads for it waits for a processor, too
      pace.dataShare.add((now.dataWaitMs() - before.dataWaitMs()) * 1e6 / elapsedNs);
    }
  }

  @Override
  public void judge(long nowNs, Consumer<Condition> out) {
    if (!run.isExpected()) { // a change of the membership does not make anybody faster
      return;
    }
    for (String member : run.members()) {
      Pace pace = paces.get(member);
      if (pace != null && pace.looks >= LEARNT) {
        judgeData(member, pace, out);
        judgeSpeed(member, pace, out);
      }
    }
  }

  private static void judgeData(String member, Pace pace, Consumer<Condition> out) {
    if (pace.dataShare.isFull() && pace.dataShare.median() > STARVED_SHARE) {
      long percent = Math.round(100 * Math.min(1, pace.dataShare.median()));
      String sentence = member + " waits for data " + percent + " % of its time.";
      out.accept(Condition.degraded(member, Cause.STARVED, sentence, FEED));
    }
  }

  private void judgeSpeed(String member, Pace pace, Consumer<Condition> out) {
    boolean alone = run.members().size() == 1;
    double theirWait = others(member, each -> each.waitShare);
    int looks = Math.max(theirWait, pace.waitShare.median(RECENT)) > FREE ? LONG : RECENT;
    if (pace.microshardMs.size() < looks) {
      return;
    }
    double usual = alone ? pace.usualMs.median() : others(member, each -> each.microshardMs);
    double now = pace.microshardMs.least(looks); // one look that is slow may be bad luck
    if (isSlow(member, now, usual)) {
      String than = alone ? "before" : "the others";
      out.accept(slow(member, than, now, usual, "", SPEED));
      return;
    }
    double elapsed = pace.elapsedMs.least(looks);
    double theirs = alone ? 0 : others(member, each -> each.elapsedMs);
    double waits = pace.waitShare.least(looks);
    if (waits > BUSY && theirWait < FREE && isSlow(member, elapsed, theirs)) {
      String why =
          String.format(
              Locale.ROOT,
              ", because its machine is busy: it waits for a processor %.0f %% of the time",
              100 * waits);
      out.accept(slow(member, "the others", elapsed, theirs, why, ROOM));
    }
  }

  /** Much slower, and so that steps take longer. */
  private boolean isSlow(String member, double ms, double usualMs) {
    double longerNs = 1e6 * (ms - usualMs) * Math.max(1, run.microshards(member));
    return usualMs > 0 && ms > SLOW * usualMs && longerNs > FELT * run.usualStepNs();
  }

  private static Condition slow(
      String member, String than, double now, double usual, String why, String action) {
    String sentence =
        String.format(
            Locale.ROOT,
            "%s takes %.1f times as long for a microshard as %s (%.0f ms, not %.0f ms)%s.",
            member,
            now / usual,
            than,
            now,
            usual,
            why);
    return Condition.degraded(member, Cause.SLOW_MEMBER, sentence, action);
  }

  /** What it is for the others, the middle one of them; 0 when it is not known. */
  private double others(String member, Function<Pace, Samples> what) {
    Samples all = new Samples(Math.max(1, run.members().size()));
    for (String other : run.members()) {
      Pace pace = paces.get(other);
      if (!other.equals(member) && pace != null && pace.microshardMs.size() >= RECENT) {
        all.add(what.apply(pace).median(RECENT));
      }
    }
    return all.median();
  }
}
