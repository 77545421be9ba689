package io.hybnext.actors.run;

import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.run.GenerationLife.Hang;
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
  private final Roster roster = new Roster();
  private final CheckpointBook checkpoints;
  private final Launches launches;
  private final Succession succession;
  private final RunCourse course;
  private final Attendance attendance;
  private final StepLedger steps;
  private final Leavers leavers;
  private final Orders orders;

  /**
   * Creates the state before {@link RunEvent.Begin}.
   *
   * @param managed names of the trainers that the driver can launch; others may join by themselves
   * @param firstGeneration number of the first generation, higher than any of this run before
   */
  public RunState(RunSettings settings, List<String> managed, long firstGeneration) {
    this(settings, managed, firstGeneration, RunPast.NONE, ExchangeKey.NONE);
  }

  /**
   * The state of a run that another coordinator led before.
   *
   * @param past what it did, as far as is known
   * @param secret from which the key of each generation is derived, never used by another
   *     coordinator; none where members exchange in the clear
   */
  public RunState(
      RunSettings settings,
      List<String> managed,
      long firstGeneration,
      RunPast past,
      ExchangeKey secret) {

    checkpoints = new CheckpointBook(settings.plan().checkpointFolder());
    steps = new StepLedger(settings, roster, past);
    launches = new Launches(roster, managed, settings.limits().maxRestarts());
    succession = new Succession(settings, roster, checkpoints, steps, firstGeneration, secret);
    course = new RunCourse(settings, roster, checkpoints, steps, launches, succession);
    leavers = new Leavers(course, roster, checkpoints, steps, succession);
    attendance = new Attendance(course, roster, steps, succession, leavers);
    Recalls recalls = new Recalls(roster, launches, leavers);
    orders = new Orders(course, checkpoints, steps, leavers, recalls);
    past.pause().ifPresent(orders::pause);
  }

  /** Where the run stands. */
  public Phase phase() {
    return course.phase();
  }

  /** Takes one event at a time (monotonic clock) and tells what to do. */
  public List<RunAction> on(RunEvent event, long nowNs) {
    List<RunAction> out = new ArrayList<>();
    if (phase() == Phase.ENDED) {
      return out;
    }
    take(event, nowNs, out);
    leavers.follow(event instanceof RunEvent.Tick, nowNs, out);
    orders.follow(out);
    return out;
  }

  private void take(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.Begin) {
      onBegin(nowNs, out);
    } else if (event instanceof RunEvent.Ordered ordered) {
      orders.on(ordered, nowNs, out);
    } else if (event instanceof RunEvent.StopRequested stop) {
      course.stop(stop.reason(), nowNs, out);
    } else if (event instanceof RunEvent.Tick) {
      onTick(nowNs, out);
    } else if (!onTrainerEvent(event, nowNs, out) && !onOutsideEvent(event, nowNs, out)) {
      onMemberEvent(event, nowNs, out);
      course.checkRunning(nowNs, out);
    }
  }

  private void onBegin(long nowNs, List<RunAction> out) {
    if (phase() == Phase.CREATED) {
      launches.begin(out);
      course.begin(nowNs, out);
    }
  }

  /** What happens to processes. */
  private boolean onTrainerEvent(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.TrainerJoined joined) {
      if (phase() != Phase.CREATED) {
        attendance.onJoined(joined, nowNs, out);
      }
    } else if (event instanceof RunEvent.TrainerLost lost) {
      attendance.onLost(lost, nowNs, out);
    } else if (event instanceof RunEvent.TrainerPaused paused) {
      attendance.onPaused(paused, nowNs, out);
    } else if (event instanceof RunEvent.TrainerResumed resumed) {
      attendance.onResumed(resumed, nowNs, out);
    } else if (event instanceof RunEvent.TrainersPresent present) {
      course.onPresent(present.processes(), nowNs, out);
    } else if (event instanceof RunEvent.TrainerLeaving leaving) {
      leavers.onLeaving(leaving);
    } else {
      return false;
    }
    return true;
  }

  /** What happens to disk and media driver. */
  private boolean onOutsideEvent(RunEvent event, long nowNs, List<RunAction> out) {
    if (event instanceof RunEvent.CheckpointResolved resolved) {
      course.onResolved(resolved, nowNs, out);
    } else if (event instanceof RunEvent.CheckpointRefused refused) {
      course.onRefused(refused.reason(), nowNs, out);
    } else if (event instanceof RunEvent.ExchangeRefused refused) {
      course.onRefused(refused.reason(), nowNs, out);
    } else if (event instanceof RunEvent.ExchangeReady ready) {
      course.onExchangeReady(ready.members(), nowNs, out);
    } else if (event instanceof RunEvent.ExchangeLost lost) {
      course.onExchangeLost(lost.reason(), nowNs, out);
    } else {
      return onNewItems(event, nowNs, out);
    }
    return true;
  }

  /** What is about items that enter the run. */
  private boolean onNewItems(RunEvent event, long nowNs, List<RunAction> out) {
    boolean running = phase() == Phase.RUNNING;
    if (event instanceof RunEvent.ItemsOffered items) {
      if (running) {
        course.current().run().enter(items, nowNs, out);
      }
    } else if (event instanceof RunEvent.WaveNoted || event instanceof RunEvent.WaveRefused) {
      steps.waves().onAnswer(event, out);
      if (running) {
        course.current().run().onWave(nowNs, out);
      }
    } else {
      return false;
    }
    return true;
  }

  private void onMemberEvent(RunEvent event, long nowNs, List<RunAction> out) {
    boolean running = phase() == Phase.RUNNING;
    if (event instanceof RunEvent.MemberReady ready) {
      course.onReady(ready, nowNs, out);
    } else if (event instanceof RunEvent.MemberBroken broken) {
      attendance.onBroken(broken, nowNs, out);
    } else if (event instanceof RunEvent.MemberWaits waits) {
      attendance.onWaits(waits, nowNs, out);
    } else if (event instanceof RunEvent.StepReported step) {
      course.onStep(step, nowNs, out);
    } else if (event instanceof RunEvent.MemberHeld held) {
      if (running && course.isMember(held.trainer(), held.generation())) {
        course.current().run().onHeld(held, nowNs, out);
      }
    } else if (event instanceof RunEvent.CheckpointPublished published) {
      course.onPublished(published, out);
    } else if (running) {
      course.current().run().on(event, nowNs, out);
    } else if (event instanceof RunEvent.PublishFailed) {
      checkpoints.drop();
    }
  }

  private void onTick(long nowNs, List<RunAction> out) {
    if (phase() == Phase.GATHERING) {
      course.tryForm(nowNs, out);
    } else if (course.isUnderWay()) {
      onGenerationTick(nowNs, out);
    } else if (phase() == Phase.LEAVING) {
      course.checkLeaving(nowNs, out);
    }
  }

  private void onGenerationTick(long nowNs, List<RunAction> out) {
    String hopeless = "";
    if (phase() == Phase.RUNNING && course.current().run().isDeserted(nowNs)) {
      hopeless = "its members do not answer another coordinator";
    } else if (succession.allHoldersPaused() && !succession.awaitsState(nowNs)) {
      hopeless = "all trainers are silent that hold the run's state";
    }
    if (!hopeless.isEmpty()) {
      course.breakGeneration(hopeless, nowNs, out);
      course.tryForm(nowNs, out);
      return;
    }
    Optional<Hang> hang = course.current().onTick(nowNs, out);
    if (hang.isEmpty()) {
      course.checkRunning(nowNs, out);
    } else if (hang.get().together().isEmpty()) {
      loseHung(hang.get(), nowNs, out);
    } else {
      course.breakOff(hang.get().together(), nowNs, out);
    }
  }

  private void loseHung(Hang hang, long nowNs, List<RunAction> out) {
    for (String trainer : hang.trainers()) {
      String reason = trainer + " " + hang.what();
      launches.kill(trainer, reason, out);
      long incarnation = roster.incarnation(trainer);
      attendance.onLost(new RunEvent.TrainerLost(trainer, incarnation, reason), nowNs, out);
    }
  }
}
