package io.hybnext.actors.run;

import io.hybnext.actors.run.RunReport.Outcome;
import java.util.List;

/**
 * The way of a run from phase to phase, as drawn at {@link RunState}: forms generations of those
 * that are there, goes on with the next when one is over, and ends. Whatever happens to trainers
 * comes by {@link Attendance}.
 */
final class RunCourse {
  private static final long RECOVERY_NS = 2_000_000_000L; // for members to find a new coordinator
  private static final long INTACT_NS = 15_000_000_000L; // while they do steps without one

  private final RunPlan plan;
  private final RunLimits limits;
  private final Roster roster;
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

  RunCourse(
      RunSettings settings,
      Roster roster,
      CheckpointBook checkpoints,
      StepLedger steps,
      Launches launches,
      Succession succession) {
    plan = settings.plan();
    limits = settings.limits();
    this.roster = roster;
    this.checkpoints = checkpoints;
    this.steps = steps;
    this.launches = launches;
    this.succession = succession;
    gathering = new Gathering(settings, launches, roster);
  }

  Phase phase() {
    return phase;
  }

  /** The generation that is under way; null while there is none. */
  GenerationLife current() {
    return current;
  }

  /** Trainers are launched; they are waited for. */
  void begin(long nowNs, List<RunAction> out) {
    enter(Phase.GATHERING, nowNs);
    tryForm(nowNs, out);
  }

  /** Goes on, or leaves, when the generation is where it should get to. */
  void checkRunning(long nowNs, List<RunAction> out) {
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

  void enter(Phase next, long nowNs) {
    phase = next;
    phaseSinceNs = nowNs;
  }

  boolean isEnding() {
    return phase == Phase.LEAVING || phase == Phase.ENDED;
  }

  /** Whether somebody wants the run to end. */
  boolean isStopping() {
    return stopReason != null;
  }

  /** A trainer is gone. */
  void onLost(boolean member, RunEvent.TrainerLost lost, long nowNs, List<RunAction> out) {
    if (phase == Phase.LEAVING) {
      checkLeft(out);
      return;
    }
    lastTrouble = lost.reason();
    if (member) {
      breakGeneration(lost.reason(), nowNs, out); // before all else: others wait
    } else if (phase == Phase.RESOLVING) {
      enter(Phase.GATHERING, nowNs);
    }
    if (!isEnding()) {
      launches.again(lost.trainer(), lost.reason(), out);
      tryForm(nowNs, out);
    }
  }

  /** Who joined after the generation was formed takes part in one that follows it. */
  void takeIn(long nowNs, List<RunAction> out) {
    if (phase != Phase.RUNNING || stopReason != null) {
      return;
    }
    List<String> waiting = current.waiting();
    if (!waiting.isEmpty() && succession.canExchange(out)) {
      current.run().change(String.join(", ", waiting) + " joined", nowNs, out);
      checkRunning(nowNs, out);
    }
  }

  /** So many trainers can be hoped for. */
  void onPresent(int processes, long nowNs, List<RunAction> out) {
    succession.present(processes);
    tryForm(nowNs, out);
  }

  /** Goes on from gathering as soon as all trainers are there that can be hoped for. */
  void tryForm(long nowNs, List<RunAction> out) {
    if (phase != Phase.GATHERING) {
      return;
    }
    boolean state = succession.hasState();
    int least = leastTrainers();
    if (state && succession.awaitsMembers()) { // of a generation that another coordinator formed
      long limitNs = succession.seemsIntact() ? INTACT_NS : RECOVERY_NS;
      if (nowNs - phaseSinceNs < limitNs) {
        return;
      }
    }
    if (succession.awaitsState(nowNs)) {
      return; // until one of them is heard again, or all are lost
    }
    switch (gathering.look(state ? least : plan.trainers(), least, phaseSinceNs, nowNs)) {
      case ENOUGH -> makeReady(nowNs, out);
      case TOO_FEW -> {
        if (!launches.bringBack("too few are left without it", out)) {
          giveUp(gathering.tooFew(lastTrouble), nowNs, out);
        } else {
          phaseSinceNs = nowNs;
        }
      }
      case WAIT -> {}
    }
  }

  /** A run that only has to save what its members hold does with any one of them. */
  int leastTrainers() {
    return stopReason == null ? plan.minTrainers() : 1;
  }

  /** Sees to everything that the next generation needs, then announces it. */
  private void makeReady(long nowNs, List<RunAction> out) {
    if (roster.joined().size() < leastTrainers() || succession.awaitsState(nowNs)) {
      enter(Phase.GATHERING, nowNs); // they went while it was made ready
    } else if (succession.isReady(out)) {
      form(nowNs, out);
    } else {
      enter(Phase.RESOLVING, nowNs);
    }
  }

  private void form(long nowNs, List<RunAction> out) {
    if (succession.canAdopt()) {
      current = succession.adopt(nowNs, out);
      enter(Phase.RUNNING, nowNs);
      beginSteps(nowNs, out);
    } else {
      current = succession.form(nowNs, out);
      enter(Phase.PREPARING, nowNs);
    }
  }

  void onResolved(RunEvent.CheckpointResolved resolved, long nowNs, List<RunAction> out) {
    if (phase != Phase.RESOLVING) {
      return;
    }
    succession.resolved(resolved, out);
    if (resolved.step() >= plan.steps() && !succession.hasState()) {
      leave(Outcome.COMPLETED, "", nowNs, out);
    } else if (roster.joined().size() < leastTrainers() || succession.awaitsState(nowNs)) {
      enter(Phase.GATHERING, nowNs);
    } else {
      form(nowNs, out);
    }
  }

  void onExchangeReady(int members, long nowNs, List<RunAction> out) {
    succession.exchangeReady(members);
    if (phase == Phase.RESOLVING) {
      makeReady(nowNs, out);
    } else {
      takeIn(nowNs, out);
    }
  }

  void onRefused(String reason, long nowNs, List<RunAction> out) {
    if (phase == Phase.RESOLVING) {
      leave(Outcome.FAILED, reason, nowNs, out);
    }
  }

  void onExchangeLost(String reason, long nowNs, List<RunAction> out) {
    succession.exchangeLost();
    if (isUnderWay() && current.isShared()) {
      current.abort(reason, out);
      breakOff(reason, nowNs, out);
    }
  }

  boolean isUnderWay() {
    return phase == Phase.PREPARING || phase == Phase.RUNNING;
  }

  boolean isMember(String trainer, long number) {
    return isUnderWay() && current.isMember(trainer, number);
  }

  void onReady(RunEvent.MemberReady ready, long nowNs, List<RunAction> out) {
    roster.heard(ready.trainer(), nowNs);
    if (!isMember(ready.trainer(), ready.generation())) {
      return;
    }
    if (current.onReady(ready, nowNs, out)) {
      enter(Phase.RUNNING, nowNs);
      succession.settled(current.generation());
      beginSteps(nowNs, out);
    }
  }

  private void beginSteps(long nowNs, List<RunAction> out) {
    if (stopReason == null) {
      takeIn(nowNs, out);
    } else {
      current.run().stop(stopReason, nowNs, out);
    }
  }

  void onStep(RunEvent.StepReported step, long nowNs, List<RunAction> out) {
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

  /** A member says that it cannot go on. */
  void onBroken(RunEvent.MemberBroken event, long nowNs, List<RunAction> out) {
    if (event.unreadable()) {
      succession.lookUpAgain();
    }
    breakOff(event.trainer() + ": " + event.reason(), nowNs, out);
  }

  /** Nobody is lost, but the generation cannot go on: another one, not for ever. */
  void breakOff(String reason, long nowNs, List<RunAction> out) {
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
  void breakGeneration(String reason, long nowNs, List<RunAction> out) {
    roster.leaving().forEach(roster::stay); // what they hold may be needed
    lastTrouble = reason;
    tell(new ProgressEvent.GenerationBroken(current.generation().number(), reason), out);
    goOn(reason, nowNs, out);
  }

  /** Members are silent, or cannot be reached by the others: those go on without them. */
  void leaveBehind(List<String> trainers, String reason, long nowNs, List<RunAction> out) {
    boolean member = isUnderWay() && trainers.stream().anyMatch(current::isMember);
    if (member && canGoOn()) {
      GenerationLife before = current;
      breakGeneration(reason, nowNs, out);
      before.abort(reason, out); // they hear it when they are reached again
    }
  }

  /** Whether a generation can be formed of those that are heard of. */
  boolean canGoOn() {
    return roster.joined().size() >= leastTrainers() && !succession.allHoldersPaused();
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
  void giveUp(String reason, long nowNs, List<RunAction> out) {
    if (stopReason == null) {
      leave(Outcome.FAILED, reason, nowNs, out);
    } else {
      leave(Outcome.STOPPED, stopReason + "; before its checkpoint " + reason, nowNs, out);
    }
  }

  void onPublished(RunEvent.CheckpointPublished published, List<RunAction> out) {
    roster.forgive();
    broken = 0;
    checkpoints.onPublished(published, out);
    if (phase == Phase.RUNNING) {
      current.run().raise(out);
    }
  }

  /** Somebody wants the run to end. */
  void stop(String reason, long nowNs, List<RunAction> out) {
    if (stopReason != null || phase == Phase.LEAVING) {
      return;
    }
    stopReason = reason;
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

  /** The trainers had their time to leave. */
  void checkLeaving(long nowNs, List<RunAction> out) {
    if (nowNs - phaseSinceNs >= limits.leaveTimeout().toNanos()) {
      departure.force(out);
      end(out);
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
    roster.leaving().forEach(roster::stay);
    departure = new Departure(roster, launches, report);
    departure.begin(out);
    checkLeft(out);
  }

  void checkLeft(List<RunAction> out) {
    if (departure.isOver()) {
      end(out);
    }
  }

  private void end(List<RunAction> out) {
    phase = Phase.ENDED;
    departure.end(out);
  }

  static void tell(ProgressEvent event, List<RunAction> out) {
    out.add(new RunAction.Report(event));
  }
}
