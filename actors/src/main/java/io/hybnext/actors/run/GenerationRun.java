package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.RunAction.Proceed;
import io.hybnext.actors.run.RunAction.PublishCheckpoint;
import io.hybnext.actors.run.RunAction.Report;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The steps of one generation. Trainers may run up to a limit that the coordinator raises as
 * reports come in; to stop, it raises it no further, so all of them end at the same step. A
 * checkpoint is asked for before the limit passes its step, one at a time: while one is being
 * written, trainers run on up to the next.
 */
final class GenerationRun {
  private final RunSettings settings;
  private final Generation generation;
  private final Roster roster;
  private final CheckpointBook checkpoints;
  private final StepBook steps;
  private final Pace pace;
  private long limit;
  private long end;
  private long lastRequested;
  private long lastCommitNs;
  private int notAppliedInARow;
  private long notApplied;
  private boolean retrying;
  private long retryAtNs;
  private int attempt;
  private String failure;
  private boolean handingOver;

  GenerationRun(
      RunSettings settings, Generation generation, Roster roster, CheckpointBook checkpoints) {
    this.settings = settings;
    this.generation = generation;
    this.roster = roster;
    this.checkpoints = checkpoints;
    steps = new StepBook(generation);
    pace = new Pace(generation, settings.limits().stragglerFactor());
    limit = generation.startStep();
    lastRequested = generation.startStep();
    end = settings.plan().steps();
  }

  /** Lets the members run. */
  void begin(long nowNs, List<RunAction> out) {
    lastCommitNs = nowNs;
    raise(out);
  }

  /** Takes news of the members and of the disk; what is of another generation is ignored. */
  void on(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.StepReported step) {
      if (isMember(step.trainer(), step.generation())) {
        onStep(step.trainer(), step.report(), nowNs, out);
      }
    } else if (event instanceof RunEvent.PartWritten part) {
      if (isMember(part.trainer(), part.generation())) {
        onPart(part, out);
      }
    } else if (event instanceof RunEvent.PartFailed part) {
      if (isMember(part.trainer(), part.generation()) && !checkpoints.isPublishing()) {
        String reason = part.trainer() + ": " + part.reason();
        onCheckpointFailed(part.step(), part.attempt(), reason, nowNs, out);
      }
    } else if (event instanceof RunEvent.PublishFailed failed) {
      onCheckpointFailed(failed.step(), failed.attempt(), failed.reason(), nowNs, out);
    }
  }

  private boolean isMember(String trainer, long number) {
    return generation.number() == number && generation.isMember(trainer);
  }

  private void onStep(String trainer, StepReport report, long nowNs, List<RunAction> out) {
    if (!steps.add(trainer, report)) {
      return;
    }
    for (Map<String, StepReport> committed : steps.takeCommitted()) {
      lastCommitNs = nowNs;
      commit(committed, nowNs, out);
    }
    raise(out);
  }

  private void commit(Map<String, StepReport> reports, long nowNs, List<RunAction> out) {
    if (reports.isEmpty()) {
      return;
    }
    StepReport first = reports.getOrDefault(rankZero(), reports.values().iterator().next());
    for (Map.Entry<String, StepReport> other : reports.entrySet()) {
      if (!first.agreesWith(other.getValue())) {
        failure =
            String.format(
                "%s and %s disagree on step %d (loss %s and %s): their weights differ, so the run"
                    + " cannot go on; use the same hardware kind, precision and threads for all"
                    + " trainers and start it again to go on from the newest checkpoint",
                rankZero(), other.getKey(), first.step(), first.nll(), other.getValue().nll());
        return;
      }
    }
    pace.add(reports);
    long left = settings.plan().steps() - steps.committed();
    out.add(
        new Report(
            new ProgressEvent.StepCommitted(
                first,
                settings.plan().steps(),
                pace.tokensPerSecond(),
                pace.secondsPerStep(),
                left * pace.secondsPerStep(),
                pace.members(roster, nowNs))));
    countNotApplied(first, reports, out);
  }

  private void countNotApplied(
      StepReport report, Map<String, StepReport> reports, List<RunAction> out) {
    if (report.applied()) {
      notAppliedInARow = 0;
      return;
    }
    notApplied++;
    notAppliedInARow++;
    List<Long> items =
        reports.values().stream().flatMap(of -> of.items().stream()).sorted().toList();
    out.add(new Report(new ProgressEvent.StepNotApplied(report.step(), notAppliedInARow, items)));
    if (notAppliedInARow >= settings.limits().maxNotApplied() && failure == null) {
      failure =
          String.format(
              "loss or gradient was not finite in %d steps in a row, the last one step %d with"
                  + " items %s; lower the learning rate or look at these items, and start again"
                  + " from a checkpoint before",
              notAppliedInARow, report.step(), items);
    }
  }

  private String rankZero() {
    return generation.members().get(0).trainer();
  }

  /** Raises the limit as far as it may go now, and asks for the checkpoint that is due. */
  private void raise(List<RunAction> out) {
    boolean changed = requestDue();
    long target = Math.min(steps.furthest() + settings.limits().stepWindow(), end);
    if (lastRequested < end) {
      target = Math.min(target, nextDue());
    }
    if (target > limit) {
      limit = target;
      changed = true;
      requestDue();
    }
    if (changed) {
      out.add(proceed());
    }
  }

  private boolean requestDue() {
    if (checkpoints.pending().isPresent() || lastRequested >= end || nextDue() > limit) {
      return false;
    }
    lastRequested = nextDue();
    checkpoints.request(generation.number(), lastRequested, 0);
    return true;
  }

  private long nextDue() {
    long every = settings.plan().checkpointEvery();
    return every == 0 ? end : Math.min(end, (lastRequested / every + 1) * every);
  }

  /** What the members should know now. */
  Proceed proceed() {
    return new Proceed(generation, limit, checkpoints.pending());
  }

  /**
   * Ends the generation with a checkpoint at the step that the members may already reach, so that
   * another one can go on from there. Nothing is done when the run's end is as near.
   */
  void handOver(String reason, List<RunAction> out) {
    if (handingOver || limit >= end) {
      return;
    }
    handingOver = true;
    end = limit;
    out.add(new Report(new ProgressEvent.HandingOver(end, reason)));
    raise(out);
    out.add(proceed());
  }

  /** Ends the run at the step that the members may already reach. */
  void stop(String reason, List<RunAction> out) {
    handingOver = false;
    if (limit < end) {
      end = limit;
    }
    out.add(new Report(new ProgressEvent.Stopping(end, reason)));
    boolean failedHere = lastRequested == end && checkpoints.savedStep() != end;
    if (failedHere && checkpoints.pending().isEmpty() && !retrying) {
      checkpoints.request(generation.number(), end, 1);
    }
    raise(out);
    out.add(proceed());
  }

  private void onPart(RunEvent.PartWritten part, List<RunAction> out) {
    if (!checkpoints.isPending(part.step(), part.attempt())) {
      return;
    }
    CheckpointRequest request = checkpoints.pending().orElseThrow();
    checkpoints
        .add(part.trainer(), part.files(), generation.worldSize())
        .ifPresent(parts -> out.add(new PublishCheckpoint(generation, request, parts)));
  }

  /** A checkpoint was published and noted. */
  void onPublished(List<RunAction> out) {
    raise(out);
  }

  /** A checkpoint came to nothing: only the run's last one is tried again. */
  private void onCheckpointFailed(
      long step, int number, String reason, long nowNs, List<RunAction> out) {
    if (!checkpoints.isPending(step, number)) {
      return;
    }
    out.add(new RunAction.DropCheckpoint(checkpoints.pending().orElseThrow()));
    checkpoints.drop();
    out.add(new Report(new ProgressEvent.CheckpointFailed(step, reason)));
    if (handingOver && step == end) {
      handingOver = false; // who joined waits for the next generation
      end = settings.plan().steps();
    }
    if (step < end) {
      raise(out);
    } else if (number + 1 < settings.limits().checkpointAttempts()) {
      retrying = true;
      retryAtNs = nowNs + settings.limits().checkpointRetry().toNanos();
      attempt = number + 1;
    } else {
      failure =
          String.format(
              "the last checkpoint, at step %d, could not be written in %d attempts: %s; what was"
                  + " saved before is kept, and the same command goes on from there",
              step, number + 1, reason);
    }
  }

  /** Sends the members' orders again, in case they were lost, and retries what failed. */
  void onTick(long nowNs, List<RunAction> out) {
    if (retrying && nowNs - retryAtNs >= 0) {
      retrying = false;
      checkpoints.request(generation.number(), end, attempt);
    }
    Optional<CheckpointRequest> pending = checkpoints.pending();
    if (isOverdue(nowNs) && steps.committed() == limit && pending.isPresent()) {
      CheckpointRequest request = pending.get();
      List<String> missing =
          generation.members().stream()
              .map(member -> member.trainer())
              .filter(trainer -> !checkpoints.has(trainer))
              .toList();
      if (!missing.isEmpty()) {
        lastCommitNs = nowNs;
        String reason = String.join(", ", missing) + " did not write within the time limit";
        onCheckpointFailed(request.step(), request.attempt(), reason, nowNs, out);
      }
    }
    out.add(proceed());
  }

  /** Whether steps that the members may do were not done for too long. */
  boolean isStuck(long nowNs) {
    return steps.committed() < limit && isOverdue(nowNs);
  }

  private boolean isOverdue(long nowNs) {
    return nowNs - lastCommitNs > settings.limits().stepTimeout().toNanos();
  }

  /** The members that did not report the step that others did; all when none did. */
  List<String> behind() {
    return steps.before(steps.committed() + 1);
  }

  /** Whether all steps are done and in a checkpoint. */
  boolean isDone() {
    return steps.committed() == end
        && checkpoints.pending().isEmpty()
        && checkpoints.savedStep() == end;
  }

  /** Why the run cannot go on; null when it can. */
  String failure() {
    return failure;
  }

  long committed() {
    return steps.committed();
  }

  long notApplied() {
    return notApplied;
  }
}
