package io.hybnext.actors.health;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Sees trainers that are slow and trainers that wait for data much of their time, from the
 * differences between what they tell. What is slow is relative: to the other members, or, where
 * there are none, to what the trainer did before.
 */
final class PaceJudge implements Judge {
  static final String FEED =
      "Look at the disk of data.store and at what else reads it; stop an ingestion beside the run.";
  private static final String SPEED =
      "See what else runs on its machine, its clock and temperature; drain it if it stays slow.";
  private static final double SLOW = 2.0;
  private static final double STARVED_SHARE = 0.25;
  private static final int RECENT = 3;
  private static final int LEARNT = 5; // looks before a trainer is compared

  private static final class Pace {
    Vitals last;
    long lastNs;
    int looks;
    final Samples microshardMs = new Samples(RECENT);
    final Samples usualMs = new Samples(120);
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
    if (now.microshards() > before.microshards()) {
      double ms =
          (now.computeMs() - before.computeMs()) / (now.microshards() - before.microshards());
      pace.microshardMs.add(ms);
      pace.usualMs.add(ms);
    }
    pace.dataShare.add((now.dataWaitMs() - before.dataWaitMs()) * 1e6 / elapsedNs);
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
    double usual = run.members().size() > 1 ? others(member) : pace.usualMs.median();
    double now = pace.microshardMs.least(); // one look that is slow may be bad luck
    if (!pace.microshardMs.isFull() || usual <= 0 || now <= SLOW * usual) {
      return;
    }
    String sentence =
        String.format(
            Locale.ROOT,
            "%s takes %.1f times as long for a microshard as %s (%.0f ms, not %.0f ms).",
            member,
            now / usual,
            run.members().size() > 1 ? "the others" : "before",
            now,
            usual);
    out.accept(Condition.degraded(member, Cause.SLOW_MEMBER, sentence, SPEED));
  }

  /** What the others need for a microshard, the middle one of them; 0 when it is not known. */
  private double others(String member) {
    Samples all = new Samples(Math.max(1, run.members().size()));
    for (String other : run.members()) {
      Pace pace = paces.get(other);
      if (!other.equals(member) && pace != null && pace.microshardMs.isFull()) {
        all.add(pace.microshardMs.median());
      }
    }
    return all.median();
  }
}
