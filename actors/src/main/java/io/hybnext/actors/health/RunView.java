package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every judge needs to know of the run: who takes part, whether steps are to be expected, and
 * how long they usually take. Start-up, changes of the membership, pauses and the end are known.
 */
final class RunView {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int WARM_UP = 3; // steps of a generation that are slower than others
  private static final long LEAST_LIMIT_NS = 3_500_000_000L; // 5 s are promised
  private static final long FRESH_NS = 3 * SECOND_NS;

  /**
   * What a trainer told last.
   *
   * @param processorWait share of the time since it told before that it was ready to run, but other
   *     programs had the processors
   */
  record Told(Vitals vitals, long atNs, double processorWait) {}

  private final Map<String, Told> told = new LinkedHashMap<>();
  private final Samples stepNs = new Samples(64);
  private List<String> members = List.of();
  private List<Integer> microshards = List.of(); // of each member
  private long beganNs = Long.MIN_VALUE;
  private long changedNs = Long.MIN_VALUE; // the newest generation was formed
  private long lastCommitNs;
  private int committedSince; // the generation was formed
  private long lastStep = -1;
  private double longestChangeNs;
  private boolean paused;
  private boolean ending;

  void on(HealthSignal signal, long nowNs) {
    if (beganNs == Long.MIN_VALUE) {
      beganNs = nowNs;
      lastCommitNs = nowNs;
    }
    if (signal instanceof HealthSignal.Beat beat) {
      Told before = told.get(beat.trainer());
      Vitals.Processor processor = beat.vitals().processor();
      double wait = before == null ? 0 : processor.waitShare(before.vitals().processor());
      told.put(beat.trainer(), new Told(beat.vitals(), nowNs, wait));
    } else if (signal instanceof HealthSignal.Happened happened) {
      on(happened.event(), nowNs);
    }
  }

  private void on(ProgressEvent event, long nowNs) {
    if (event instanceof ProgressEvent.StepCommitted step) {
      onCommitted(step, nowNs);
    } else if (event instanceof ProgressEvent.GenerationFormed formed) {
      members = formed.trainers();
      microshards = formed.microshards();
      changes(nowNs);
    } else if (event instanceof ProgressEvent.GenerationBroken) {
      changes(nowNs);
    } else if (event instanceof ProgressEvent.Paused) {
      paused = true;
    } else if (event instanceof ProgressEvent.Continued) {
      paused = false;
      changes(nowNs);
    } else if (event instanceof ProgressEvent.Stopping || event instanceof ProgressEvent.Ended) {
      ending = true;
    } else if (event instanceof ProgressEvent.TrainerChanged changed
        && changed.state() != ProgressEvent.TrainerState.JOINED
        && changed.state() != ProgressEvent.TrainerState.RESUMED) {
      told.remove(changed.trainer()); // what it says next is new
    }
  }

  private void changes(long nowNs) {
    changedNs = nowNs;
    committedSince = 0;
  }

  private void onCommitted(ProgressEvent.StepCommitted step, long nowNs) {
    if (committedSince == 0 && changedNs != Long.MIN_VALUE) {
      longestChangeNs = Math.max(longestChangeNs, nowNs - changedNs);
    }
    if (committedSince >= WARM_UP && !paused) {
      stepNs.add(nowNs - lastCommitNs);
    }
    committedSince++;
    lastCommitNs = nowNs;
    lastStep = step.report().step();
    ending = ending || lastStep + 1 >= step.steps();
  }

  /** Names of the members by rank; empty before the first generation. */
  List<String> members() {
    return members;
  }

  /** How many microshards of each step a member has; 0 for others. */
  int microshards(String member) {
    int rank = members.indexOf(member);
    return rank < 0 ? 0 : microshards.get(rank);
  }

  /** What a trainer told in the last three seconds; null when it told nothing. */
  Told fresh(String trainer, long nowNs) {
    Told last = told.get(trainer);
    return last == null || nowNs - last.atNs() > FRESH_NS ? null : last;
  }

  /** Whether steps follow each other as usual, or should. */
  boolean isSteady() {
    return committedSince > WARM_UP && !paused && !ending;
  }

  /** Whether steps, or the way to them, are to be expected. */
  boolean isExpected() {
    return !paused && !ending;
  }

  /** Whether the run comes to its end, where trainers leave. */
  boolean isEnding() {
    return ending;
  }

  /** How long no step has been committed, or a change of the membership has taken. */
  long stillNs(long nowNs) {
    if (beganNs == Long.MIN_VALUE) {
      return 0; // nothing was told yet
    }
    long since = Math.max(lastCommitNs, Math.max(changedNs, beganNs));
    return nowNs - since;
  }

  /** How long that may be before it is a stall. */
  long stillLimitNs() {
    if (committedSince == 0) {
      long first = lastStep < 0 ? 120 * SECOND_NS : 20 * SECOND_NS;
      return (long) Math.max(first, 3 * longestChangeNs);
    }
    if (committedSince <= WARM_UP || stepNs.size() < 8) {
      return (long) Math.max(15 * SECOND_NS, 5 * stepNs.greatest());
    }
    double usual = Math.max(4 * stepNs.median(), 1.5 * stepNs.greatest());
    return (long) Math.max(LEAST_LIMIT_NS, usual);
  }

  /** The usual time of a step; 0 while it is not known. */
  double usualStepNs() {
    return stepNs.median();
  }

  /** Number of the last step that was committed; -1 before the first. */
  long lastStep() {
    return lastStep;
  }
}
