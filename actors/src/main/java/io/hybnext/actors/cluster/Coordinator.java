package io.hybnext.actors.cluster;

import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.lifeline.LifelineServer;
import io.hybnext.actors.lifeline.PulseBoard;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.RunOrder;
import io.hybnext.actors.run.RunState;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/**
 * Drives a {@link RunState}: every message becomes an event, every action of the state a message to
 * a trainer or a call of the {@link RunDriver}.
 */
final class Coordinator {
  /** Trainers find the coordinator by this key. */
  static final ServiceKey<CoordinatorMessage> KEY =
      ServiceKey.create(CoordinatorMessage.class, "coordinator");

  private static final Duration TICK = Duration.ofSeconds(1);

  /** What this actor receives. */
  interface Command {}

  /** Something outside of the cluster happened. */
  record Happened(RunEvent event) implements Command {}

  /** Something to be told that does not change what the run does. */
  record Told(ProgressEvent event) implements Command {}

  /** An operator orders something. */
  record Asked(RunOrder order, CompletableFuture<RunAnswer> answer) implements Command {}

  /** So many trainer processes can be reached. */
  private record Present(int processes) implements Command {}

  private record TrainerGone(String trainer, long incarnation) implements Command {}

  private record ProcessExited(String trainer, long incarnation, String reason)
      implements Command {}

  /** A trainer's lifeline tells something. */
  private record Pulsed(PulseBoard.Change change) implements Command {}

  /** Something more is looked at for the run's health. */
  record Watched(HealthProbe more) implements Command {}

  private record Tick() implements Command {}

  private final ActorContext<Command> context;
  private final RunState state;
  private final RunDriver driver;
  private final Endpoint endpoint;
  private final LifelineServer lifelines; // null when it could not listen
  private final KnownTrainers trainers;
  private final Map<String, String> defects = new HashMap<>();
  private final Map<Long, CompletableFuture<RunAnswer>> asked = new HashMap<>();
  private long orders;
  private boolean over;

  /** Creates the actor; the run begins with it. */
  static Behavior<Command> create(
      RunState state, RunDriver driver, Endpoint endpoint, Duration silenceLimit) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(new Tick(), TICK);
                  return new Coordinator(context, state, driver, endpoint, silenceLimit).begin();
                }));
  }

  private Coordinator(
      ActorContext<Command> context,
      RunState state,
      RunDriver driver,
      Endpoint endpoint,
      Duration silenceLimit) {
    this.context = context;
    this.state = state;
    this.driver = driver;
    this.endpoint = endpoint;
    trainers = new KnownTrainers(context.getSystem());
    ActorRef<Command> self = context.getSelf();
    LifelineServer started = null;
    try {
      started =
          LifelineServer.start(
              endpoint.host(), silenceLimit, change -> self.tell(new Pulsed(change)));
    } catch (IOException e) {
      context.getLog().warn("Silent trainers are noticed late: {}", e.getMessage());
    }
    lifelines = started;
  }

  private Behavior<Command> begin() {
    ActorRef<CoordinatorMessage> self = context.getSelf().narrow();
    context.getSystem().receptionist().tell(Receptionist.register(KEY, self));
    on(new RunEvent.Begin());
    ClusterNode.onTrainers(context, processes -> new Present(processes));
    ActorRef<Command> notes = context.getSelf();
    context.spawn(StandbyWatch.create(event -> notes.tell(new Told(event))), "standbys");
    return Behaviors.receive(Command.class)
        .onMessage(CoordinatorMessage.Here.class, this::onHere)
        .onMessage(CoordinatorMessage.Ready.class, this::onReady)
        .onMessage(CoordinatorMessage.Broken.class, this::onBroken)
        .onMessage(CoordinatorMessage.Waits.class, this::onWaits)
        .onMessage(CoordinatorMessage.Held.class, this::onHeld)
        .onMessage(CoordinatorMessage.StepDone.class, this::onStepDone)
        .onMessage(CoordinatorMessage.PartWritten.class, this::onPartWritten)
        .onMessage(CoordinatorMessage.PartFailed.class, this::onPartFailed)
        .onMessage(CoordinatorMessage.Leaving.class, this::onLeaving)
        .onMessage(CoordinatorMessage.Ending.class, this::onEnding)
        .onMessage(CoordinatorMessage.VitalSigns.class, this::onVitalSigns)
        .onMessage(Asked.class, this::onAsked)
        .onMessage(Present.class, of -> on(new RunEvent.TrainersPresent(of.processes())))
        .onMessage(TrainerGone.class, this::onTrainerGone)
        .onMessage(ProcessExited.class, this::onProcessExited)
        .onMessage(Happened.class, happened -> on(happened.event()))
        .onMessage(Told.class, this::onTold)
        .onMessage(Pulsed.class, pulsed -> onPulsed(pulsed.change()))
        .onMessage(Watched.class, this::onWatched)
        .onMessage(Tick.class, tick -> onTick())
        .onSignal(PostStop.class, stop -> onPostStop())
        .build();
  }

  private Behavior<Command> onTick() {
    driver.alive();
    return on(new RunEvent.Tick());
  }

  private Behavior<Command> onWatched(Watched watched) {
    driver.watch(watched.more());
    return Behaviors.same();
  }

  private Behavior<Command> onTold(Told told) {
    driver.report(told.event());
    return Behaviors.same();
  }

  private Behavior<Command> onHere(CoordinatorMessage.Here here) {
    Optional<String> refusal = ProtocolVersion.OWN.refusal(here.trainer(), here.version());
    if (refusal.isPresent()) {
      return refuse(here, refusal.get());
    }
    if (trainers.add(here.trainer(), here.incarnation(), here.trainerRef())) {
      context.watchWith(here.trainerRef(), new TrainerGone(here.trainer(), here.incarnation()));
    }
    if (lifelines != null) {
      here.trainerRef().tell(new TrainerMessage.Welcome(lifelines.address(), ProtocolVersion.OWN));
    }
    return on(
        new RunEvent.TrainerJoined(
            here.trainer(), here.incarnation(), here.place(), here.host(), here.in()));
  }

  /** It says that it is here again and again until it hears this; people are told once. */
  private Behavior<Command> refuse(CoordinatorMessage.Here here, String reason) {
    here.trainerRef().tell(new TrainerMessage.Leave(reason, true));
    if (!reason.equals(defects.put(here.trainer() + "#" + here.incarnation(), reason))) {
      driver.report(
          new ProgressEvent.TrainerChanged(
              here.trainer(), ProgressEvent.TrainerState.LOST, reason));
    }
    return Behaviors.same();
  }

  private Behavior<Command> onPulsed(PulseBoard.Change change) {
    String trainer = change.process();
    long incarnation = change.incarnation();
    return switch (change.pulse()) {
      case SILENT ->
          on(
              new RunEvent.TrainerPaused(
                  trainer,
                  incarnation,
                  trainer + " was not heard of for " + change.afterMs() + " ms"));
      case CUT ->
          on(
              new RunEvent.TrainerPaused(
                  trainer,
                  incarnation,
                  reason(trainer, incarnation, "the connection of " + trainer + " ended")));
      case HEARD -> on(new RunEvent.TrainerResumed(trainer, incarnation));
      case DEAD -> {
        trainers.bury(trainer, incarnation);
        yield lose(trainer, incarnation, trainer + " cannot be reached any more");
      }
    };
  }

  private Behavior<Command> onReady(CoordinatorMessage.Ready ready) {
    return on(
        new RunEvent.MemberReady(
            ready.trainer(), ready.generation(), ready.step(), ready.reports(), ready.times()));
  }

  private Behavior<Command> onBroken(CoordinatorMessage.Broken broken) {
    return on(
        new RunEvent.MemberBroken(
            broken.trainer(),
            broken.generation(),
            broken.reason(),
            broken.lost(),
            broken.unreadable()));
  }

  private Behavior<Command> onWaits(CoordinatorMessage.Waits waits) {
    for (String member : waits.members()) {
      if (lifelines != null) {
        trainers.incarnation(member).ifPresent(of -> lifelines.waitedFor(member, of));
      }
    }
    return on(
        new RunEvent.MemberWaits(
            waits.trainer(), waits.generation(), waits.members(), waits.stalledMs()));
  }

  private Behavior<Command> onHeld(CoordinatorMessage.Held held) {
    return on(
        new RunEvent.MemberHeld(held.trainer(), held.generation(), held.holds(), held.steps()));
  }

  private Behavior<Command> onStepDone(CoordinatorMessage.StepDone done) {
    return on(new RunEvent.StepReported(done.trainer(), done.generation(), done.report()));
  }

  private Behavior<Command> onPartWritten(CoordinatorMessage.PartWritten part) {
    return on(
        new RunEvent.PartWritten(
            part.trainer(),
            part.generation(),
            part.step(),
            part.attempt(),
            part.files(),
            part.captureNs()));
  }

  private Behavior<Command> onPartFailed(CoordinatorMessage.PartFailed part) {
    return on(
        new RunEvent.PartFailed(
            part.trainer(), part.generation(), part.step(), part.attempt(), part.reason()));
  }

  /** Of the process that is known by that name; one that is gone may still be heard. */
  private Behavior<Command> onVitalSigns(CoordinatorMessage.VitalSigns signs) {
    if (trainers.isKnown(signs.trainer(), signs.incarnation())) {
      driver.vitals(signs.trainer(), signs.vitals());
    }
    return Behaviors.same();
  }

  private Behavior<Command> onLeaving(CoordinatorMessage.Leaving leaving) {
    return on(
        new RunEvent.TrainerLeaving(leaving.trainer(), leaving.incarnation(), leaving.reason()));
  }

  private Behavior<Command> onAsked(Asked ask) {
    asked.put(++orders, ask.answer());
    return on(new RunEvent.Ordered(orders, ask.order()));
  }

  /** Only keeps the reason: the run sees the trainer as lost when it is gone. */
  private Behavior<Command> onEnding(CoordinatorMessage.Ending ending) {
    if (!ending.defect().isEmpty()) {
      defects.put(ending.trainer() + "#" + ending.incarnation(), ending.defect());
    }
    return Behaviors.same();
  }

  private Behavior<Command> onTrainerGone(TrainerGone gone) {
    return lose(gone.trainer(), gone.incarnation(), gone.trainer() + " cannot be reached any more");
  }

  private Behavior<Command> onProcessExited(ProcessExited exit) {
    trainers.bury(exit.trainer(), exit.incarnation());
    return lose(exit.trainer(), exit.incarnation(), exit.reason());
  }

  private Behavior<Command> lose(String trainer, long incarnation, String how) {
    return on(new RunEvent.TrainerLost(trainer, incarnation, reason(trainer, incarnation, how)));
  }

  /** What the trainer itself told last, if anything, or what was seen of it. */
  private String reason(String trainer, long incarnation, String seen) {
    String defect = defects.get(trainer + "#" + incarnation);
    return defect == null ? seen : trainer + " failed: " + defect;
  }

  private Behavior<Command> on(RunEvent event) {
    for (RunAction action : state.on(event, System.nanoTime())) {
      act(action);
    }
    return over ? Behaviors.stopped() : Behaviors.same();
  }

  private void act(RunAction action) {
    if (action instanceof RunAction.Announce announce) {
      if (driver.isReserved(announce.generation().number())) { // else again at the next tick
        trainers.tell(announce.generation(), new TrainerMessage.Announce(announce.generation()));
      }
    } else if (action instanceof RunAction.Proceed proceed) {
      long number = proceed.generation().number();
      trainers.tell(
          proceed.generation(),
          new TrainerMessage.Proceed(
              number, proceed.holds(), proceed.limit(), proceed.checkpoint(), proceed.committed()));
    } else if (action instanceof RunAction.Hold hold) {
      long number = hold.generation().number();
      trainers.tell(hold.generation(), new TrainerMessage.Hold(number, hold.holds()));
    } else if (action instanceof RunAction.Abort abort) {
      long number = abort.generation().number();
      trainers.tell(abort.generation(), new TrainerMessage.Abort(number, abort.reason()));
    } else if (action instanceof RunAction.DismissAll dismiss) {
      trainers.tellAll(new TrainerMessage.Leave(dismiss.reason(), false));
    } else if (action instanceof RunAction.Dismiss dismiss) {
      TrainerMessage leave = new TrainerMessage.Leave(dismiss.reason(), false);
      trainers.tell(dismiss.trainer(), dismiss.incarnation(), leave);
    } else if (action instanceof RunAction.RefuseTrainer refuse) {
      TrainerMessage leave = new TrainerMessage.Leave(refuse.reason(), true);
      trainers.tell(refuse.trainer(), refuse.incarnation(), leave);
    } else {
      actOutside(action);
    }
  }

  private void actOutside(RunAction action) {
    if (action instanceof RunAction.LaunchTrainer launch) {
      ActorRef<Command> self = context.getSelf();
      driver.launch(
          launch,
          endpoint,
          (trainer, incarnation, reason) ->
              self.tell(new ProcessExited(trainer, incarnation, reason)));
    } else if (action instanceof RunAction.KillTrainer kill) {
      driver.kill(kill);
    } else if (action instanceof RunAction.ResolveCheckpoint resolve) {
      ActorRef<Command> self = context.getSelf();
      driver.resolve(resolve.members(), event -> self.tell(new Happened(event)));
    } else if (action instanceof RunAction.PrepareExchange prepare) {
      ActorRef<Command> self = context.getSelf();
      driver.prepareExchange(prepare.members(), event -> self.tell(new Happened(event)));
    } else if (action instanceof RunAction.PublishCheckpoint publish) {
      ActorRef<Command> self = context.getSelf();
      driver.publish(publish, event -> self.tell(new Happened(event)));
    } else if (action instanceof RunAction.DropCheckpoint drop) {
      driver.drop(drop.request());
    } else if (action instanceof RunAction.NoteWave note) {
      ActorRef<Command> self = context.getSelf();
      driver.note(note.wave(), event -> self.tell(new Happened(event)));
    } else if (action instanceof RunAction.NoteAllowed note) {
      driver.allow(note.steps());
    } else if (action instanceof RunAction.Report report) {
      driver.report(report.event());
    } else if (action instanceof RunAction.Answer answer) {
      asked.remove(answer.number()).complete(new RunAnswer(answer.done(), answer.sentence()));
    } else if (action instanceof RunAction.End end) {
      over = true;
      driver.end(end.report());
    }
  }

  private Behavior<Command> onPostStop() {
    if (lifelines != null) {
      lifelines.close();
    }
    if (!over) {
      driver.fail(new IllegalStateException("the coordinator ended before the run"));
    }
    return Behaviors.same();
  }
}
