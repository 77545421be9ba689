package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.RunAction.Proceed;
import io.hybnext.actors.run.RunAction.Report;
import java.util.List;
import java.util.Optional;

/**
 * The steps of one generation. Trainers may run up to a limit that the coordinator raises as
 * reports come in; it is so far ahead that they do not notice when the coordinator is gone for a
 * while. To end at an agreed step, all of them are held first ({@link Boundary}). A checkpoint is
 * asked for before the limit passes its step, one at a time: while one is being written, trainers
 * run on up to the next.
 */
final class GenerationRun {
  private static final long RESUME_NS = 2_000_000_000L;

  private final RunSettings settings;
  private final Generation generation;
  private final CheckpointBook checkpoints;
  private final StepLedger steps;
  private final Boundary boundary;
  private long limit;
  private long end;
  private long lastRequested;
  private long activeNs;
  private final CheckpointRetry retry;
  private String failure;
  private String stopReason;
  private String changeReason;
  private boolean resuming;
  private boolean pausing; // held to go on, or not, from where all of them are
  private long resumedNs;

  GenerationRun(
      RunSettings settings,
      Generation generation,
      CheckpointBook checkpoints,
      StepLedger steps,
      long holds) {
    this.settings = settings;
    this.generation = generation;
    this.checkpoints = checkpoints;
    this.steps = steps;
    boundary = new Boundary(generation, holds);
    retry = new CheckpointRetry(settings.limits());
    end = settings.plan().steps();
  }

  /** Lets the members run, from the step that they settled on. */
  void begin(long nowNs, List<RunAction> out) {
    long start = steps.committed();
    activeNs = nowNs;
    limit = start;
    lastRequested = checkpoints.pending().map(CheckpointRequest::step).orElse(start);
    boolean due = checkpoints.isOverdue() || (start == end && checkpoints.pending().isEmpty());
    if (due && start > checkpoints.savedStep()) {
      checkpoints.request(generation, start, 0);
      out.add(proceed());
    }
    raise(out);
  }

  /** Finds out where the members are that another coordinator led, and lets them go on. */
  void resume(long nowNs, List<RunAction> out) {
    long start = steps.committed();
    limit = start;
    lastRequested = start;
    resuming = true;
    resumedNs = nowNs;
    hold(nowNs, out);
  }

  /** Whether members that another coordinator led do not answer. */
  boolean isDeserted(long nowNs) {
    return resuming && boundary.isAsked() && nowNs - resumedNs > RESUME_NS;
  }

  /** A member did a step that others have done, or that is new. */
  void onStep(long nowNs, List<RunAction> out) {
    activeNs = nowNs;
    if (failure == null) {
      failure = steps.failure();
    }
    raise(out);
  }

  /** Takes news of the disk; what is not about the pending checkpoint is ignored. */
  void on(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.PartWritten part) {
      checkpoints.onPart(part, out);
    } else if (event instanceof RunEvent.PartFailed part) {
      if (checkpoints.isWriter(part.trainer(), part.generation()) && !checkpoints.isPublishing()) {
        String reason = part.trainer() + ": " + part.reason();
        onCheckpointFailed(part.step(), part.attempt(), reason, nowNs, out);
      }
    } else if (event instanceof RunEvent.PublishFailed failed) {
      onCheckpointFailed(failed.step(), failed.attempt(), failed.reason(), nowNs, out);
    }
  }

  /** Raises the limit as far as it may go now, and asks for the checkpoint that is due. */
  void raise(List<RunAction> out) {
    if (boundary.isAsked()) {
      return; // the answers decide
    }
    boolean changed = requestDue();
    long target =
        steps.isPaused() ? limit : Math.min(steps.book().furthest() + steps.window(), end);
    target = Math.min(target, steps.waves().bound());
    if (lastRequested < end) {
      target = Math.min(target, nextDue());
    }
    if (target > limit) {
      limit = target;
      steps.grant(limit, steps.window(), out);
      changed = true;
      requestDue();
    }
    if (changed) {
      out.add(proceed());
    }
  }

  private boolean requestDue() {
    if (checkpoints.pending().isPresent() || lastRequested >= end) {
      return false;
    }
    if (checkpoints.isWished() && limit > checkpoints.savedStep()) {
      lastRequested = Math.max(lastRequested, limit);
      checkpoints.request(generation, limit, checkpoints.nextAttempt(limit));
      return true;
    }
    if (nextDue() > limit) {
      return false;
    }
    lastRequested = nextDue();
    checkpoints.request(generation, lastRequested, 0);
    return true;
  }

  /** The next step with a checkpoint; past the end when there is none before another generation. */
  private long nextDue() {
    long every = settings.plan().checkpointEvery();
    long last = changeReason == null ? end : settings.plan().steps();
    return every == 0 ? last : Math.min(last, (lastRequested / every + 1) * every);
  }

  /** What the members should know now. */
  Proceed proceed() {
    return new Proceed(
        generation, boundary.holds(), limit, checkpoints.pending(), steps.committed());
  }

  private RunAction orders() {
    return boundary.isAsked() ? new RunAction.Hold(generation, boundary.holds()) : proceed();
  }

  /**
   * Ends the generation at the next boundary between steps, so that another one can go on from
   * there. Nothing is done when the run ends or stops anyway.
   */
  void change(String reason, long nowNs, List<RunAction> out) {
    boolean nearEnd = steps.book().furthest() + 1 >= settings.plan().steps();
    if (changeReason != null || stopReason != null || nearEnd) {
      return;
    }
    changeReason = reason;
    hold(nowNs, out);
  }

  /** Ends the run at the next boundary between steps, with a checkpoint there. */
  void stop(String reason, long nowNs, List<RunAction> out) {
    stopReason = reason;
    if (changeReason != null && !boundary.isAsked()) {
      changeReason = null; // the boundary is known already
      endHere(out);
    } else {
      changeReason = null;
      hold(nowNs, out);
    }
  }

  /** New items are to enter, unless the members are on their way to a boundary or near the end. */
  void enter(RunEvent.ItemsOffered items, long nowNs, List<RunAction> out) {
    boolean straightOn = changeReason == null && stopReason == null && !boundary.isAsked();
    if (straightOn && steps.book().furthest() + 2 < end && steps.waves().isFree()) {
      hold(nowNs, out);
      steps.waves().take(items);
    }
  }

  /** A wave of new items is on disk, or will not be. */
  void onWave(long nowNs, List<RunAction> out) {
    activeNs = nowNs;
    raise(out);
  }

  /**
   * Holds the members where all of them can stop, and goes on from there unless the run is paused;
   * the checkpoint that is wished for is taken there. Nothing is done when a hold is under way, or
   * another generation follows.
   */
  void stand(long nowNs, List<RunAction> out) {
    if (changeReason == null && stopReason == null && !boundary.isAsked()) {
      pausing = true;
      hold(nowNs, out);
    }
  }

  /** Whether every member is where it may get to, and no order is under way. */
  boolean isAtRest() {
    return !boundary.isAsked() && steps.committed() == limit;
  }

  private void hold(long nowNs, List<RunAction> out) {
    steps.waves().forgetOffer();
    activeNs = nowNs;
    boundary.ask();
    out.add(new RunAction.Hold(generation, boundary.holds()));
  }

  /** A member said where it is. */
  void onHeld(RunEvent.MemberHeld held, long nowNs, List<RunAction> out) {
    activeNs = nowNs;
    if (!boundary.add(held.trainer(), held.holds(), held.steps())) {
      return;
    }
    long reached = Math.max(boundary.steps(), steps.book().furthest());
    limit = Math.min(reached, settings.plan().steps());
    if (steps.waves().isTaken()) {
      letEnter(out);
      return;
    }
    boolean goesOn = (resuming || pausing) && changeReason == null && stopReason == null;
    boolean stood = goesOn && !resuming;
    resuming = false;
    pausing = false;
    if (goesOn && limit < settings.plan().steps()) {
      if (stood) {
        if (checkpoints.isWished()) {
          forgetBeyond(limit, out); // taken here instead
        }
        raise(out);
        out.add(proceed());
      } else {
        goOn(out);
      }
      return;
    }
    end = limit;
    if (changeReason != null && limit == settings.plan().steps()) {
      changeReason = null;
    }
    if (changeReason != null) {
      out.add(new Report(new ProgressEvent.HandingOver(end, changeReason)));
      forgetBeyond(end, out);
      raise(out);
      out.add(proceed());
    } else {
      endHere(out);
    }
  }

  /** Nobody has begun the step after the next: new items enter there, and all go on. */
  private void letEnter(List<RunAction> out) {
    long first = steps.firstNew(limit); // one step more is done while it is put on disk
    if (first < end) {
      steps.waves().enterAt(first, out);
    }
    steps.waves().forgetOffer();
    raise(out);
    out.add(proceed());
  }

  /** On from where all of them are; the checkpoint that was due meanwhile is taken here. */
  private void goOn(List<RunAction> out) {
    long every = settings.plan().checkpointEvery();
    lastRequested = limit;
    if (every > 0 && checkpoints.pending().isEmpty() && limit - checkpoints.savedStep() >= every) {
      checkpoints.request(generation, limit, 0);
    }
    raise(out);
    out.add(proceed());
  }

  private void endHere(List<RunAction> out) {
    if (stopReason != null) {
      out.add(new Report(new ProgressEvent.Stopping(end, stopReason)));
    }
    int next = lastRequested == end ? 1 : 0; // it may have failed here before
    forgetBeyond(end, out);
    if (checkpoints.pending().isEmpty() && checkpoints.savedStep() != end && !retry.isPlanned()) {
      checkpoints.request(generation, end, next);
      lastRequested = end;
    }
    raise(out);
    out.add(proceed());
  }

  /** A checkpoint that was asked for ahead, of a step that is not reached any more. */
  private void forgetBeyond(long step, List<RunAction> out) {
    if (checkpoints.pending().filter(of -> of.step() > step).isPresent()) {
      out.add(new RunAction.DropCheckpoint(checkpoints.pending().orElseThrow()));
      checkpoints.drop();
      lastRequested = step;
    }
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
    if (step < end || changeReason != null) {
      raise(out);
    } else if (!retry.plan(number + 1, nowNs)) {
      failure = CheckpointRetry.failure(step, number + 1, reason);
    }
  }

  /** Sends the members' orders again, in case they were lost, and retries what failed. */
  void onTick(long nowNs, List<RunAction> out) {
    retry.due(nowNs).ifPresent(attempt -> checkpoints.request(generation, end, attempt));
    Optional<CheckpointRequest> pending = checkpoints.pending();
    boolean written = pending.filter(of -> of.step() <= steps.committed()).isPresent();
    if (isOverdue(nowNs) && steps.committed() == limit && written) {
      CheckpointRequest request = pending.get();
      List<String> missing = checkpoints.missing();
      if (!missing.isEmpty()) {
        activeNs = nowNs;
        String reason = String.join(", ", missing) + " did not write within the time limit";
        onCheckpointFailed(request.step(), request.attempt(), reason, nowNs, out);
      }
    }
    out.add(orders());
  }

  /** Whether steps that the members may do, or answers, did not come for too long. */
  boolean isStuck(long nowNs) {
    return (boundary.isAsked() || steps.committed() < limit) && isOverdue(nowNs);
  }

  private boolean isOverdue(long nowNs) {
    long sinceNs = Math.max(activeNs, steps.lastCommitNs());
    return nowNs - sinceNs > settings.limits().stepTimeout().toNanos();
  }

  /** The members that are waited for. */
  List<String> behind() {
    return boundary.isAsked() ? boundary.missing() : steps.book().before(steps.committed() + 1);
  }

  /** Whether the run's last step of this start is done and in a checkpoint. */
  boolean isDone() {
    return changeReason == null
        && !boundary.isAsked()
        && steps.committed() == end
        && checkpoints.pending().isEmpty()
        && checkpoints.savedStep() == end;
  }

  /** Whether all members are at the boundary where another generation goes on. */
  boolean isAtChange() {
    return changeReason != null
        && !boundary.isAsked()
        && steps.committed() == end
        && checkpoints.pending().filter(of -> of.step() == end).isEmpty();
  }

  /** Why there will be another generation; null when there will not. */
  String changeReason() {
    return changeReason;
  }

  /** Why the run cannot go on; null when it can. */
  String failure() {
    return failure;
  }
}
