package io.hybnext.actors.run;

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
 *               ^                          ^___________|   members come and go
 *               |_________________________________|        too few are left
 * </pre>
 *
 * <p>Gathering ({@link Gathering}) waits for trainers, resolving sees that they can exchange and,
 * when none of them holds the run's state, looks up the newest good checkpoint; preparing lets
 * every member connect and settle on the same state, running is {@link GenerationRun}, leaving
 * ({@link Departure}) waits until the trainers are gone. When a member is lost, the rest goes on in
 * the next generation at once ({@link Succession}).
 */
public final class RunState {
  private static final long RECOVERY_NS = 2_000_000_000L; // for members to find a new coordinator

  private final RunPlan plan;
  private final RunLimits limits;
  private final Roster roster = new Roster();
  private final CheckpointBook checkpoints;
  private final StepLedger steps;
  private final Launches launches;
  private final Gathering gathering;
  private final Succession succession;
  private Phase phase = Phase.CREATED;
  private long phaseSinceNs;
  private GenerationLife current; // null while there is no generation
  private int broken;
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
    this(settings, managed, firstGeneration, 0);
  }

  /**
   * The state of a run that another coordinator led before.
   *
   * @param committed number of steps that it committed, as far as is known
   */
  public RunState(
      RunSettings settings, List<String> managed, long firstGeneration, long committed) {

    this.plan = settings.plan();
    this.limits = settings.limits();
    checkpoints = new CheckpointBook(plan.checkpointFolder());
    steps = new StepLedger(settings, roster, committed);
    launches = new Launches(roster, managed, limits.maxRestarts());
    gathering = new Gathering(settings, launches, roster);
    succession = new Succession(settings, roster, checkpoints, steps, firstGeneration);
  }

  /** Where the run stands. */
  public Phase phase() {
    return phase;
  }

  /** Takes one event at a time (monotonic clock) and tells what to do. */
  public List<RunAction> on(RunEvent event, long nowNs) {
    List<RunAction> out = new ArrayList<>();
    if (phase == Phase.ENDED) {
      return out;
    }
    if (event instanceof RunEvent.Begin) {
      onBegin(nowNs, out);
    } else if (event instanceof RunEvent.StopRequested stop) {
      onStop(stop, nowNs, out);
    } else if (event instanceof RunEvent.Tick) {
      onTick(nowNs, out);
    } else if (!onTrainerEvent(event, nowNs, out) && !onOutsideEvent(event, nowNs, out)) {
      onMemberEvent(event, nowNs, out);
      checkRunning(nowNs, out);
    }
    return out;
  }

  /** What happens to processes. */
  private boolean onTrainerEvent(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.TrainerJoined joined) {
      onJoined(joined, nowNs, out);
    } else if (event instanceof RunEvent.TrainerLost lost) {
      onLost(lost, nowNs, out);
    } else if (event instanceof RunEvent.TrainerPaused paused) {
      onPaused(paused, nowNs, out);
    } else if (event instanceof RunEvent.TrainerResumed resumed) {
      onResumed(resumed, nowNs, out);
    } else {
      return false;
    }
    return true;
  }

  /** What happens to disk and media driver. */
  private boolean onOutsideEvent(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.CheckpointResolved resolved) {
      onResolved(resolved, nowNs, out);
    } else if (event instanceof RunEvent.CheckpointRefused refused) {
      onRefused(refused.reason(), nowNs, out);
    } else if (event instanceof RunEvent.ExchangeRefused refused) {
      onRefused(refused.reason(), nowNs, out);
    } else if (event instanceof RunEvent.ExchangeReady ready) {
      onExchangeReady(ready.members(), nowNs, out);
    } else if (event instanceof RunEvent.ExchangeLost lost) {
      onExchangeLost(lost.reason(), nowNs, out);
    } else {
      return false;
    }
    return true;
  }

  private void onMemberEvent(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.MemberReady ready) {
      onReady(ready, nowNs, out);
    } else if (event instanceof RunEvent.MemberBroken memberBroken) {
      onBroken(memberBroken, nowNs, out);
    } else if (event instanceof RunEvent.StepReported step) {
      onStep(step, nowNs, out);
    } else if (event instanceof RunEvent.MemberHeld held) {
      if (phase == Phase.RUNNING && isMember(held.trainer(), held.generation())) {
        current.run().onHeld(held, nowNs, out);
      }
    } else if (event instanceof RunEvent.CheckpointPublished published) {
      onPublished(published, out);
    } else if (phase == Phase.RUNNING) {
      current.run().on(event, nowNs, out);
    } else if (event instanceof RunEvent.PublishFailed) {
      checkpoints.drop();
    }
  }

  /** Goes on, or leaves, when the generation is where it should get to. */
  private void checkRunning(long nowNs, List<RunAction> out) {
    if (phase != Phase.RUNNING) {
      return;
    }
    GenerationRun run = current.run();
    if (current.failure() != null) {
      current.abort(current.failure(), out);
      leave(Outcome.FAILED, current.failure(), nowNs, out);
    } else if (run.isAtChange()) {
      goOn(run.changeReason(), nowNs, out);
    } else if (run.isDone()) {
      boolean all = steps.committed() == plan.steps();
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
      joined.in().ifPresent(succession::recover);
      steps.pace().forget(trainer);
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
    if (phase != Phase.RUNNING || stopReason != null) {
      return;
    }
    List<String> waiting = current.waiting();
    if (!waiting.isEmpty() && succession.canExchange(out)) {
      current.run().change(String.join(", ", waiting) + " joined", nowNs, out);
      checkRunning(nowNs, out);
    }
  }

  /** Goes on from gathering as soon as all trainers are there that can be hoped for. */
  private void tryForm(long nowNs, List<RunAction> out) {
    if (phase != Phase.GATHERING) {
      return;
    }
    boolean state = succession.hasState();
    int least = leastTrainers();
    if (state && succession.awaitsMembers() && nowNs - phaseSinceNs < RECOVERY_NS) {
      return; // of the generation that another coordinator formed
    }
    if (succession.awaitsState()) {
      return; // until one of them is heard again, or all are lost
    }
    switch (gathering.look(state ? least : plan.trainers(), least, phaseSinceNs, nowNs)) {
      case ENOUGH -> makeReady(nowNs, out);
      case TOO_FEW -> giveUp(gathering.tooFew(lastTrouble), nowNs, out);
      case WAIT -> {}
    }
  }

  /** A run that only has to save what its members hold does with any one of them. */
  private int leastTrainers() {
    return stopReason == null ? plan.minTrainers() : 1;
  }

  /** Sees to everything that the next generation needs, then announces it. */
  private void makeReady(long nowNs, List<RunAction> out) {
    if (roster.joined().size() < leastTrainers() || succession.awaitsState()) {
      enter(Phase.GATHERING, nowNs); // they went while it was made ready
    } else if (succession.isReady(out)) {
      form(nowNs, out);
    } else {
      enter(Phase.RESOLVING, nowNs);
    }
  }

  private void form(long nowNs, List<RunAction> out) {
    current = succession.form(nowNs, out);
    enter(Phase.PREPARING, nowNs);
  }

  private void onResolved(RunEvent.CheckpointResolved resolved, long nowNs, List<RunAction> out) {
    if (phase != Phase.RESOLVING) {
      return;
    }
    succession.resolved(resolved, out);
    if (resolved.step() >= plan.steps() && !succession.hasState()) {
      leave(Outcome.COMPLETED, "", nowNs, out);
    } else if (roster.joined().size() < leastTrainers() || succession.awaitsState()) {
      enter(Phase.GATHERING, nowNs);
    } else {
      form(nowNs, out);
    }
  }

  private void onExchangeReady(int members, long nowNs, List<RunAction> out) {
    succession.exchangeReady(members);
    if (phase == Phase.RESOLVING) {
      makeReady(nowNs, out);
    } else {
      takeIn(nowNs, out);
    }
  }

  private void onRefused(String reason, long nowNs, List<RunAction> out) {
    if (phase == Phase.RESOLVING) {
      leave(Outcome.FAILED, reason, nowNs, out);
    }
  }

  private void onExchangeLost(String reason, long nowNs, List<RunAction> out) {
    succession.exchangeLost();
    if (isUnderWay() && current.isShared()) {
      current.abort(reason, out);
      breakOff(reason, nowNs, out);
    }
  }

  private boolean isUnderWay() {
    return phase == Phase.PREPARING || phase == Phase.RUNNING;
  }

  private boolean isMember(String trainer, long number) {
    return isUnderWay() && current.isMember(trainer, number);
  }

  private void onReady(RunEvent.MemberReady ready, long nowNs, List<RunAction> out) {
    roster.heard(ready.trainer(), nowNs);
    if (!isMember(ready.trainer(), ready.generation())) {
      return;
    }
    if (current.onReady(ready, nowNs, out)) {
      enter(Phase.RUNNING, nowNs);
      succession.settled(current.generation());
      if (stopReason == null) {
        takeIn(nowNs, out);
      } else {
        current.run().stop(stopReason, nowNs, out);
      }
    }
  }

  private void onStep(RunEvent.StepReported step, long nowNs, List<RunAction> out) {
    roster.heard(step.trainer(), nowNs);
    if (!isUnderWay() || !roster.knows(step.trainer())) {
      return;
    }
    long before = steps.committed();
    current.onStep(step, nowNs, out);
    if (steps.committed() > before) {
      broken = 0;
    }
    if (phase == Phase.RUNNING && succession.wouldGain(current.generation(), nowNs)) {
      current.run().change("other shares are faster", nowNs, out);
    }
  }

  private void onBroken(RunEvent.MemberBroken event, long nowNs, List<RunAction> out) {
    if (isMember(event.trainer(), event.generation())) {
      if (event.unreadable()) {
        succession.lookUpAgain();
      }
      breakOff(event.trainer() + ": " + event.reason(), nowNs, out);
    }
  }

  /** Nobody is lost, but the generation cannot go on: another one, not for ever. */
  private void breakOff(String reason, long nowNs, List<RunAction> out) {
    broken++;
    if (broken > limits.maxRestarts()) {
      current.abort(reason, out);
      giveUp(broken + " generations broke without progress: " + reason, nowNs, out);
    } else {
      breakGeneration(reason, nowNs, out);
      tryForm(nowNs, out);
    }
  }

  /** The generation is over before its time; the next one begins with who is there. */
  private void breakGeneration(String reason, long nowNs, List<RunAction> out) {
    lastTrouble = reason;
    tell(new ProgressEvent.GenerationBroken(current.generation().number(), reason), out);
    goOn(reason, nowNs, out);
  }

  private void goOn(String reason, long nowNs, List<RunAction> out) {
    GenerationLife before = current;
    current = null;
    succession.follows(before.generation(), reason, nowNs);
    enter(Phase.GATHERING, nowNs);
    if (!succession.hasState() && stopReason != null) {
      giveUp(reason, nowNs, out);
      return;
    }
    if (succession.hasState() && roster.joined().size() >= leastTrainers()) {
      tryForm(nowNs, out);
    }
    if (phase == Phase.GATHERING || phase == Phase.RESOLVING) {
      before.abort(reason, out);
    }
  }

  /** The run cannot go on. */
  private void giveUp(String reason, long nowNs, List<RunAction> out) {
    if (stopReason == null) {
      leave(Outcome.FAILED, reason, nowNs, out);
    } else {
      leave(Outcome.STOPPED, stopReason + "; before its checkpoint " + reason, nowNs, out);
    }
  }

  private void onLost(RunEvent.TrainerLost lost, long nowNs, List<RunAction> out) {
    String trainer = lost.trainer();
    boolean member =
        isUnderWay() && current.isMember(trainer) && roster.isThere(trainer, lost.incarnation());
    if (!roster.lose(trainer, lost.incarnation())) {
      return;
    }
    tell(new ProgressEvent.TrainerChanged(trainer, TrainerState.LOST, lost.reason()), out);
    if (phase == Phase.LEAVING) {
      checkLeft(out);
      return;
    }
    lastTrouble = lost.reason();
    if (member && current.generation().member(trainer).incarnation() == lost.incarnation()) {
      breakGeneration(lost.reason(), nowNs, out); // before all else: others wait
    } else if (phase == Phase.RESOLVING) {
      enter(Phase.GATHERING, nowNs);
    }
    if (isEnding()) {
      return;
    }
    launches.again(trainer, lost.reason(), out);
    tryForm(nowNs, out);
  }

  private void onPaused(RunEvent.TrainerPaused paused, long nowNs, List<RunAction> out) {
    String trainer = paused.trainer();
    if (isEnding() || !roster.pause(trainer, paused.incarnation())) {
      return;
    }
    boolean member = isUnderWay() && current.isMember(trainer);
    boolean enough = roster.joined().size() >= leastTrainers() && !succession.awaitsState();
    if (member && enough) {
      GenerationLife before = current;
      breakGeneration(paused.reason(), nowNs, out);
      before.abort(paused.reason(), out); // the paused one hears it when it wakes up
    }
    tell(new ProgressEvent.TrainerChanged(trainer, TrainerState.PAUSED, paused.reason()), out);
  }

  private void onResumed(RunEvent.TrainerResumed resumed, long nowNs, List<RunAction> out) {
    if (roster.resume(resumed.trainer(), resumed.incarnation()) && !isEnding()) {
      tell(new ProgressEvent.TrainerChanged(resumed.trainer(), TrainerState.RESUMED, ""), out);
      tryForm(nowNs, out);
      takeIn(nowNs, out);
    }
  }

  private void onPublished(RunEvent.CheckpointPublished published, List<RunAction> out) {
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
    }
  }

  private void onStop(RunEvent.StopRequested stop, long nowNs, List<RunAction> out) {
    if (stopReason != null || phase == Phase.LEAVING) {
      return;
    }
    stopReason = stop.reason();
    boolean unsaved = succession.hasState() && steps.committed() > checkpoints.savedStep();
    if (phase == Phase.RUNNING) {
      current.run().stop(stopReason, nowNs, out);
      checkRunning(nowNs, out);
    } else if (!unsaved) {
      leave(Outcome.STOPPED, stopReason, nowNs, out);
    } else {
      tryForm(nowNs, out); // what the members hold is saved first
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
    RunReport report =
        new RunReport(
            outcome,
            reason,
            checkpoints.savedStep(),
            checkpoints.savedFolder(),
            succession.generations(),
            roster.restarts(),
            steps.notApplied());
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
