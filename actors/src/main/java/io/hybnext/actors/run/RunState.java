package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.GenerationLife.Hang;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunAction.Report;
import io.hybnext.actors.run.RunReport.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The coordinator's protocol as a state machine: an event in, actions out. It holds no actor, file,
 * thread or clock; whoever drives it calls {@link #on} from one thread, carries the actions out in
 * order, and sends a {@link RunEvent.Tick} about once a second.
 *
 * <pre>
 * CREATED -> GATHERING -> RESOLVING -> PREPARING -> RUNNING -> LEAVING -> ENDED
 *               ^_____________|____________|___________|   a member is lost or broken
 * </pre>
 *
 * <p>Gathering ({@link Gathering}) waits for trainers, resolving looks up the newest good
 * checkpoint, preparing lets every member restore and connect, running is {@link GenerationRun},
 * leaving ({@link Departure}) waits until the trainers are gone.
 */
public final class RunState {

  private final RunSettings settings;
  private final RunPlan plan;
  private final RunLimits limits;
  private final Roster roster = new Roster();
  private final CheckpointBook checkpoints;
  private final Launches launches;
  private final Gathering gathering;
  private Phase phase = Phase.CREATED;
  private long phaseSinceNs;
  private final Generations generations;
  private GenerationLife current; // null while there is no generation
  private int broken;
  private long notApplied;
  private String stopReason;
  private String lastTrouble = "";
  private Departure departure;

  /**
   * Creates the state before {@link RunEvent.Begin}.
   *
   * @param managed names of the trainers that the driver can launch; others may join by themselves
   * @param firstGeneration number of the first generation, higher than any of this run before
   */
  public RunState(RunSettings settings, List<String> managed, long firstGeneration) {
    this.settings = settings;
    this.plan = settings.plan();
    this.limits = settings.limits();
    launches = new Launches(roster, managed, limits.maxRestarts());
    gathering = new Gathering(settings, launches, roster);
    generations = new Generations(settings, firstGeneration);
    checkpoints = new CheckpointBook(plan.checkpointFolder());
  }

  /** Where the run stands. */
  public Phase phase() {
    return phase;
  }

  /** Takes one event at a time (monotonic clock) and tells what to do. */
  public List<RunAction> on(RunEvent event, long nowNs) {
    List<RunAction> out = new ArrayList<>();
    if (phase != Phase.ENDED) {
      if (event instanceof RunEvent.Begin) {
        onBegin(nowNs, out);
      } else if (event instanceof RunEvent.TrainerJoined joined) {
        onJoined(joined, nowNs, out);
      } else if (event instanceof RunEvent.TrainerLost lost) {
        onLost(lost, nowNs, out);
      } else if (event instanceof RunEvent.CheckpointResolved resolved) {
        onResolved(resolved, nowNs, out);
      } else if (event instanceof RunEvent.CheckpointRefused refused) {
        onRefused(refused.reason(), nowNs, out);
      } else if (event instanceof RunEvent.ExchangeRefused refused) {
        onRefused(refused.reason(), nowNs, out);
      } else if (event instanceof RunEvent.ExchangeLost lost) {
        onExchangeLost(lost.reason(), nowNs, out);
      } else if (event instanceof RunEvent.StopRequested stop) {
        onStop(stop, nowNs, out);
      } else if (event instanceof RunEvent.Tick) {
        onTick(nowNs, out);
      } else {
        onMemberEvent(event, nowNs, out);
      }
    }
    return out;
  }

  private void onMemberEvent(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.MemberReady memberReady) {
      onReady(memberReady, nowNs, out);
    } else if (event instanceof RunEvent.MemberBroken memberBroken) {
      onBroken(memberBroken, nowNs, out);
    } else if (event instanceof RunEvent.CheckpointPublished published) {
      onPublished(published, nowNs, out);
    } else if (phase == Phase.RUNNING) {
      current.run().on(event, nowNs, out);
    } else if (event instanceof RunEvent.PublishFailed) {
      checkpoints.drop();
    }
    checkRunning(nowNs, out);
  }

  /** Leaves when all is done, or when the run cannot go on. */
  private void checkRunning(long nowNs, List<RunAction> out) {
    if (phase != Phase.RUNNING) {
      return;
    }
    GenerationRun run = current.run();
    if (run.failure() != null) {
      current.abort(run.failure(), out);
      leave(Outcome.FAILED, run.failure(), nowNs, out);
    } else if (run.isDone()) {
      boolean all = run.committed() == plan.steps();
      if (!all && stopReason == null) {
        endGeneration();
        resolve(nowNs, out); // the next generation begins where this one ended
        return;
      }
      leave(all ? Outcome.COMPLETED : Outcome.STOPPED, all ? "" : stopReason, nowNs, out);
    }
  }

  private void onBegin(long nowNs, List<RunAction> out) {
    if (phase != Phase.CREATED) {
      return;
    }
    launches.begin(out);
    enter(Phase.GATHERING, nowNs);
    tryForm(nowNs, out);
  }

  private void enter(Phase next, long nowNs) {
    phase = next;
    phaseSinceNs = nowNs;
  }

  private void onJoined(RunEvent.TrainerJoined joined, long nowNs, List<RunAction> out) {
    String trainer = joined.trainer();
    long incarnation = joined.incarnation();
    if (phase == Phase.CREATED) {
      return;
    }
    if (refusal(joined).isEmpty() && roster.replaces(trainer, incarnation)) {
      String reason = trainer + " was started again";
      onLost(new RunEvent.TrainerLost(trainer, roster.incarnation(trainer), reason), nowNs, out);
    }
    String refusal = refusal(joined);
    if (!refusal.isEmpty()) {
      out.add(new RunAction.RefuseTrainer(trainer, incarnation, refusal));
    } else if (roster.join(trainer, incarnation, nowNs)) {
      tell(new ProgressEvent.TrainerChanged(trainer, TrainerState.JOINED, joined.place()), out);
      tryForm(nowNs, out);
      takeIn(nowNs, out);
    }
  }

  /** Why a process cannot take part; empty when it can. */
  private String refusal(RunEvent.TrainerJoined joined) {
    if (isEnding()) {
      return "the run is ending";
    }
    return roster.accepts(joined.trainer(), joined.incarnation())
        ? ""
        : "the run has another process named " + joined.trainer();
  }

  private boolean isEnding() {
    return phase == Phase.LEAVING || phase == Phase.ENDED;
  }

  /** Who joined after the generation was formed takes part in one that follows it. */
  private void takeIn(long nowNs, List<RunAction> out) {
    if (phase == Phase.RUNNING && current.takeIn(out)) {
      checkRunning(nowNs, out);
    }
  }

  /** Goes on from gathering as soon as all trainers are there that can be hoped for. */
  private void tryForm(long nowNs, List<RunAction> out) {
    if (phase != Phase.GATHERING) {
      return;
    }
    switch (gathering.look(phaseSinceNs, nowNs)) {
      case ENOUGH -> resolve(nowNs, out);
      case TOO_FEW -> leave(Outcome.FAILED, gathering.tooFew(lastTrouble), nowNs, out);
      case WAIT -> {}
    }
  }

  private void resolve(long nowNs, List<RunAction> out) {
    enter(Phase.RESOLVING, nowNs);
    out.add(new RunAction.ResolveCheckpoint(roster.joined().size()));
  }

  private void onResolved(RunEvent.CheckpointResolved resolved, long nowNs, List<RunAction> out) {
    if (phase != Phase.RESOLVING) {
      return;
    }
    checkpoints.resolved(resolved, out);
    if (resolved.step() >= plan.steps()) {
      leave(Outcome.COMPLETED, "", nowNs, out);
      return;
    }
    Generation formed = generations.form(roster, resolved.step(), resolved.folder());
    current = new GenerationLife(settings, formed, roster, checkpoints, nowNs);
    enter(Phase.PREPARING, nowNs);
    current.announce(out);
  }

  private void onRefused(String reason, long nowNs, List<RunAction> out) {
    if (phase == Phase.RESOLVING) {
      leave(Outcome.FAILED, reason, nowNs, out);
    }
  }

  private void onExchangeLost(String reason, long nowNs, List<RunAction> out) {
    if (isUnderWay() && current.isShared()) {
      breakOff(reason, nowNs, out);
    }
  }

  private boolean isUnderWay() {
    return phase == Phase.PREPARING || phase == Phase.RUNNING;
  }

  private boolean isMember(String trainer, long number) {
    return isUnderWay() && current.isMember(trainer, number);
  }

  private void onReady(RunEvent.MemberReady memberReady, long nowNs, List<RunAction> out) {
    if (phase != Phase.PREPARING || !isMember(memberReady.trainer(), memberReady.generation())) {
      return;
    }
    if (current.onReady(memberReady.trainer(), nowNs, out)) {
      enter(Phase.RUNNING, nowNs);
      takeIn(nowNs, out);
    }
  }

  private void onBroken(RunEvent.MemberBroken event, long nowNs, List<RunAction> out) {
    if (isMember(event.trainer(), event.generation())) {
      breakOff(event.trainer() + ": " + event.reason(), nowNs, out);
    }
  }

  /** Nobody is lost, but the generation cannot go on: again from the checkpoint, not for ever. */
  private void breakOff(String reason, long nowNs, List<RunAction> out) {
    broken++;
    breakGeneration(reason, nowNs, out);
    if (phase == Phase.GATHERING && broken > limits.maxRestarts()) {
      leave(Outcome.FAILED, broken + " generations broke without progress: " + reason, nowNs, out);
    }
    tryForm(nowNs, out);
  }

  private void breakGeneration(String reason, long nowNs, List<RunAction> out) {
    lastTrouble = reason;
    current.breakOff(reason, out);
    endGeneration();
    if (!checkpoints.isPublishing()) {
      checkpoints.drop();
    }
    if (stopReason == null) {
      enter(Phase.GATHERING, nowNs);
    } else {
      leave(Outcome.STOPPED, stopReason + "; before its checkpoint " + reason, nowNs, out);
    }
  }

  private void endGeneration() {
    notApplied += current.notApplied();
    current = null;
  }

  private void onLost(RunEvent.TrainerLost lost, long nowNs, List<RunAction> out) {
    String trainer = lost.trainer();
    if (phase == Phase.ENDED || !roster.lose(trainer, lost.incarnation())) {
      return;
    }
    tell(new ProgressEvent.TrainerChanged(trainer, TrainerState.LOST, lost.reason()), out);
    if (phase == Phase.LEAVING) {
      checkLeft(out);
      return;
    }
    lastTrouble = lost.reason();
    if (phase == Phase.RESOLVING) {
      enter(Phase.GATHERING, nowNs);
    } else if (isUnderWay() && current.isMember(trainer)) {
      breakGeneration(lost.reason(), nowNs, out);
    }
    if (isEnding()) {
      return;
    }
    launches.again(trainer, lost.reason(), out);
    tryForm(nowNs, out);
  }

  private void onPublished(
      RunEvent.CheckpointPublished published, long nowNs, List<RunAction> out) {
    checkpoints.saved(published.step(), published.folder());
    roster.forgive();
    broken = 0;
    tell(
        new ProgressEvent.CheckpointSaved(
            published.step(), published.folder(), published.sizeBytes()),
        out);
    if (checkpoints.pending().filter(of -> of.step() == published.step()).isPresent()) {
      checkpoints.drop();
    }
    if (phase == Phase.RUNNING) {
      current.run().onPublished(out);
      takeIn(nowNs, out);
    }
  }

  private void onStop(RunEvent.StopRequested stop, long nowNs, List<RunAction> out) {
    if (stopReason != null || phase == Phase.LEAVING) {
      return;
    }
    stopReason = stop.reason();
    if (phase == Phase.RUNNING) {
      current.run().stop(stopReason, out);
      checkRunning(nowNs, out);
    } else {
      leave(Outcome.STOPPED, stopReason, nowNs, out);
    }
  }

  private void onTick(long nowNs, List<RunAction> out) {
    if (phase == Phase.GATHERING) {
      tryForm(nowNs, out);
    } else if (isUnderWay()) {
      onGenerationTick(nowNs, out);
    } else if (phase == Phase.LEAVING && nowNs - phaseSinceNs >= limits.leaveTimeout().toNanos()) {
      departure.force(out);
      end(out);
    }
  }

  private void onGenerationTick(long nowNs, List<RunAction> out) {
    Optional<Hang> hang = current.onTick(nowNs, out);
    if (hang.isEmpty()) {
      checkRunning(nowNs, out);
    } else if (hang.get().together().isEmpty()) {
      loseHung(hang.get(), nowNs, out);
    } else {
      breakOff(hang.get().together(), nowNs, out);
    }
  }

  private void loseHung(Hang hang, long nowNs, List<RunAction> out) {
    for (String trainer : hang.trainers()) {
      String reason = trainer + " " + hang.what();
      launches.kill(trainer, reason, out);
      onLost(new RunEvent.TrainerLost(trainer, roster.incarnation(trainer), reason), nowNs, out);
    }
  }

  private void leave(Outcome outcome, String reason, long nowNs, List<RunAction> out) {
    long total = notApplied + (current == null ? 0 : current.notApplied());
    RunReport report =
        new RunReport(
            outcome,
            reason,
            checkpoints.savedStep(),
            checkpoints.savedFolder(),
            generations.count(),
            roster.restarts(),
            total);
    enter(Phase.LEAVING, nowNs);
    departure = new Departure(roster, launches, report);
    departure.begin(out);
    checkLeft(out);
  }

  private void checkLeft(List<RunAction> out) {
    if (departure.isOver()) {
      end(out);
    }
  }

  private void end(List<RunAction> out) {
    phase = Phase.ENDED;
    departure.end(out);
  }

  private static void tell(ProgressEvent event, List<RunAction> out) {
    out.add(new Report(event));
  }
}
