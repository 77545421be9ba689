package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.CheckpointFailed;
import io.hybnext.actors.run.ProgressEvent.CheckpointSaved;
import io.hybnext.actors.run.ProgressEvent.StepCommitted;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Checkpoints that could not be written, or take much longer than the ones before. */
final class CheckpointJudge implements Judge {
  static final String ACTOR = "checkpoints";
  private static final long SECOND_NS = 1_000_000_000L;
  private static final long FIRST_LIMIT_NS = 120 * SECOND_NS;
  private static final long LEAST_LIMIT_NS = 10 * SECOND_NS;
  private static final Pattern NO_ROOM =
      Pattern.compile("No space left|Disk quota exceeded|File too large", Pattern.CASE_INSENSITIVE);

  private final long every;
  private final Samples tookNs = new Samples(16);
  private long dueStep = -1; // not saved yet
  private long dueNs;
  private CheckpointFailed failed; // null after one that was saved

  /** Steps between checkpoints; 0 when there is one at the end only. */
  CheckpointJudge(long every) {
    this.every = every;
  }

  @Override
  public void on(HealthSignal signal, long nowNs) {
    if (!(signal instanceof HealthSignal.Happened happened)) {
      return;
    }
    ProgressEvent event = happened.event();
    if (event instanceof StepCommitted step) {
      long done = step.report().step() + 1;
      if (every > 0 && done % every == 0 && dueStep < 0) {
        dueStep = done;
        dueNs = nowNs;
      }
    } else if (event instanceof CheckpointSaved saved) {
      if (dueStep >= 0 && saved.step() >= dueStep) {
        tookNs.add(nowNs - dueNs);
      }
      dueStep = -1;
      failed = null;
    } else if (event instanceof CheckpointFailed reported) {
      failed = reported;
      dueStep = -1;
    } else if (event instanceof ProgressEvent.GenerationFormed
        || event instanceof ProgressEvent.RolledBack) {
      dueStep = -1; // what was pending may have been dropped
    } else if (event instanceof ProgressEvent.Ended) {
      dueStep = -1;
      failed = null;
    }
  }

  @Override
  public void judge(long nowNs, Consumer<Condition> out) {
    if (failed != null) {
      out.accept(failure());
    } else if (dueStep >= 0 && nowNs - dueNs > limitNs()) {
      String sentence =
          "The checkpoint of step "
              + dueStep
              + " is not complete after "
              + (nowNs - dueNs) / SECOND_NS
              + " s; those before took "
              + Math.round(tookNs.median() / 1e9)
              + " s.";
      out.accept(
          Condition.degraded(
              ACTOR,
              Cause.CHECKPOINT_LATE,
              sentence,
              "Look at the disk or network of run.folder; training goes on meanwhile."));
    }
  }

  private Condition failure() {
    String sentence =
        "The checkpoint of step " + failed.step() + " could not be written: " + failed.reason();
    if (NO_ROOM.matcher(failed.reason()).find()) {
      return Condition.failed(
          DiskProbe.ACTOR,
          Cause.DISK_FULL,
          sentence,
          "Free space on the disk of run.folder; the next checkpoint is written by itself.");
    }
    return Condition.failed(
        ACTOR,
        Cause.CHECKPOINT_LATE,
        sentence,
        "Mend what it names; the next checkpoint is written by itself.");
  }

  private long limitNs() {
    return tookNs.size() == 0
        ? FIRST_LIMIT_NS
        : (long) Math.max(LEAST_LIMIT_NS, Math.max(4 * tookNs.median(), 2 * tookNs.greatest()));
  }
}
