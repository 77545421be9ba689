package io.hybnext.actors.run;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.Member;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.RunAction.Report;
import io.hybnext.actors.run.RunReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
 * <p>Gathering waits for trainers, resolving looks up the newest good checkpoint, preparing lets
 * every member restore and connect, running is {@link GenerationRun}, leaving waits until the
 * trainers are gone.
 */
public final class RunState {

  private final RunSettings settings;
  private final RunPlan plan;
  private final RunLimits limits;
  private final List<String> managed;
  private final Roster roster = new Roster();
  private final CheckpointBook checkpoints;
  private final Launches launches;
  private final Set<String> skipped = new HashSet<>();
  private Phase phase = Phase.CREATED;
  private long phaseSinceNs;
  private final Generations generations;
  private Generation generation;
  private Preparation preparation;
  private GenerationRun running;
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
    this.managed = List.copyOf(managed);
    launches = new Launches(roster, limits.maxRestarts());
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
      running.on(event, nowNs, out);
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
    if (running.failure() != null) {
      out.add(new RunAction.Abort(generation, running.failure()));
      leave(Outcome.FAILED, running.failure(), nowNs, out);
    } else if (running.isDone()) {
      boolean all = running.committed() == plan.steps();
      if (!all && stopReason == null) {
        notApplied += running.notApplied();
        running = null;
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
    launches.begin(managed, out);
    enter(Phase.GATHERING, nowNs);
    tryForm(nowNs, out);
  }

  private void enter(Phase next, long nowNs) {
    phase = next;
    phaseSinceNs = nowNs;
  }

  private boolean passed(Duration time, long nowNs) {
    return nowNs - phaseSinceNs >= time.toNanos();
  }

  private void onJoined(RunEvent.TrainerJoined joined, long nowNs, List<RunAction> out) {
    String trainer = joined.trainer();
    long incarnation = joined.incarnation();
    if (phase == Phase.CREATED || phase == Phase.LEAVING) {
      if (phase == Phase.LEAVING) {
        out.add(new RunAction.RefuseTrainer(trainer, incarnation, "the run is ending"));
      }
      return;
    }
    if (!roster.accepts(trainer, incarnation)) {
      String reason = "the run has another process named " + trainer;
      out.add(new RunAction.RefuseTrainer(trainer, incarnation, reason));
      return;
    }
    if (roster.replaces(trainer, incarnation)) {
      String reason = trainer + " was started again";
      onLost(new RunEvent.TrainerLost(trainer, roster.incarnation(trainer), reason), nowNs, out);
    }
    if (phase == Phase.LEAVING || phase == Phase.ENDED) {
      out.add(new RunAction.RefuseTrainer(trainer, incarnation, "the run is ending"));
      return;
    }
    if (roster.join(trainer, incarnation, nowNs)) {
      tell(new ProgressEvent.TrainerChanged(trainer, TrainerState.JOINED, joined.place()), out);
      tryForm(nowNs, out);
      takeIn(nowNs, out);
    }
  }

  /** Who joined after the generation was formed takes part in one that follows it. */
  private void takeIn(long nowNs, List<RunAction> out) {
    if (phase != Phase.RUNNING || generation.worldSize() >= plan.microshards()) {
      return;
    }
    List<String> waiting = new ArrayList<>(roster.joined());
    generation.members().forEach(member -> waiting.remove(member.trainer()));
    if (!waiting.isEmpty()) {
      running.handOver(String.join(", ", waiting) + " joined", out);
      checkRunning(nowNs, out);
    }
  }

  /** Goes on from gathering as soon as all trainers are there that can be hoped for. */
  private void tryForm(long nowNs, List<RunAction> out) {
    if (phase != Phase.GATHERING) {
      return;
    }
    int joined = roster.joined().size();
    boolean late = passed(limits.joinTimeout(), nowNs);
    boolean noMore = managed.size() >= plan.trainers() && roster.expected().isEmpty();
    if (joined >= plan.trainers() || ((late || noMore) && joined >= plan.minTrainers())) {
      resolve(nowNs, out);
    } else if (late || noMore) {
      leave(Outcome.FAILED, plan.tooFew(joined, lastTrouble), nowNs, out);
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
    for (String sentence : resolved.skipped()) {
      if (skipped.add(sentence)) {
        tell(new ProgressEvent.CheckpointSkipped(sentence), out);
      }
    }
    checkpoints.drop();
    checkpoints.saved(resolved.step(), resolved.folder());
    if (resolved.step() >= plan.steps()) {
      leave(Outcome.COMPLETED, "", nowNs, out);
      return;
    }
    generation = generations.form(roster, resolved.step(), resolved.folder());
    preparation = new Preparation(generation);
    enter(Phase.PREPARING, nowNs);
    List<String> trainers = generation.members().stream().map(Member::trainer).toList();
    tell(
        new ProgressEvent.GenerationFormed(
            generation.number(), trainers, resolved.step(), resolved.folder()),
        out);
    out.add(new RunAction.Announce(generation));
  }

  private void onRefused(String reason, long nowNs, List<RunAction> out) {
    if (phase == Phase.RESOLVING) {
      leave(Outcome.FAILED, reason, nowNs, out);
    }
  }

  private void onExchangeLost(String reason, long nowNs, List<RunAction> out) {
    boolean inUse = phase == Phase.PREPARING || phase == Phase.RUNNING;
    if (inUse && generation.worldSize() > 1) {
      breakOff(reason, nowNs, out);
    }
  }

  private boolean isMember(String trainer, long number) {
    return (phase == Phase.PREPARING || phase == Phase.RUNNING)
        && generation.number() == number
        && generation.members().stream().anyMatch(member -> member.trainer().equals(trainer));
  }

  private void onReady(RunEvent.MemberReady memberReady, long nowNs, List<RunAction> out) {
    if (phase != Phase.PREPARING || !isMember(memberReady.trainer(), memberReady.generation())) {
      return;
    }
    if (preparation.add(memberReady.trainer())) {
      enter(Phase.RUNNING, nowNs);
      running = new GenerationRun(settings, generation, roster, checkpoints);
      running.begin(nowNs, out);
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
    if (phase == Phase.RUNNING) {
      notApplied += running.notApplied();
    }
    tell(new ProgressEvent.GenerationBroken(generation.number(), reason), out);
    out.add(new RunAction.Abort(generation, reason));
    running = null;
    if (!checkpoints.isPublishing()) {
      checkpoints.drop();
    }
    if (stopReason == null) {
      enter(Phase.GATHERING, nowNs);
    } else {
      leave(Outcome.STOPPED, stopReason + "; before its checkpoint " + reason, nowNs, out);
    }
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
    } else if (phase != Phase.GATHERING && isMember(trainer, generation.number())) {
      breakGeneration(lost.reason(), nowNs, out);
    }
    if (phase == Phase.LEAVING || phase == Phase.ENDED) {
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
      running.onPublished(out);
      takeIn(nowNs, out);
    }
  }

  private void onStop(RunEvent.StopRequested stop, long nowNs, List<RunAction> out) {
    if (stopReason != null || phase == Phase.LEAVING) {
      return;
    }
    stopReason = stop.reason();
    if (phase == Phase.RUNNING) {
      running.stop(stopReason, out);
      checkRunning(nowNs, out);
    } else {
      leave(Outcome.STOPPED, stopReason, nowNs, out);
    }
  }

  private void onTick(long nowNs, List<RunAction> out) {
    if (phase == Phase.GATHERING) {
      tryForm(nowNs, out);
    } else if (phase == Phase.PREPARING) {
      onPreparingTick(nowNs, out);
    } else if (phase == Phase.RUNNING) {
      onRunningTick(nowNs, out);
    } else if (phase == Phase.LEAVING && passed(limits.leaveTimeout(), nowNs)) {
      departure.force(out);
      end(out);
    }
  }

  private void onPreparingTick(long nowNs, List<RunAction> out) {
    if (!passed(limits.readyTimeout(), nowNs)) {
      out.add(new RunAction.Announce(generation));
      return;
    }
    List<String> late = preparation.missing();
    loseHung(late, "was not ready within " + limits.readyTimeout().toSeconds() + " s", nowNs, out);
  }

  private void onRunningTick(long nowNs, List<RunAction> out) {
    if (!running.isStuck(nowNs)) {
      running.onTick(nowNs, out);
      checkRunning(nowNs, out);
      return;
    }
    String within = " within " + limits.stepTimeout().toSeconds() + " s";
    List<String> behind = running.behind();
    if (behind.size() == generation.worldSize()) {
      breakOff("no trainer finished step " + running.committed() + within, nowNs, out);
    } else {
      loseHung(behind, "did not finish step " + running.committed() + within, nowNs, out);
    }
  }

  private void loseHung(List<String> trainers, String what, long nowNs, List<RunAction> out) {
    for (String trainer : trainers) {
      long incarnation = roster.incarnation(trainer);
      String reason = trainer + " " + what;
      if (roster.isManaged(trainer)) {
        out.add(new RunAction.KillTrainer(trainer, incarnation, 0, reason));
      }
      onLost(new RunEvent.TrainerLost(trainer, incarnation, reason), nowNs, out);
    }
  }

  private void leave(Outcome outcome, String reason, long nowNs, List<RunAction> out) {
    long total = notApplied + (running == null ? 0 : running.notApplied());
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
    departure = new Departure(roster, report);
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
