package io.hybnext.actors.cluster;

import io.hybnext.actors.lifeline.Lifeline;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.PrepareTimes;
import io.hybnext.actors.run.StepReport;
import io.hybnext.actors.trainer.TrainerFactory;
import io.hybnext.actors.trainer.TrainerLoop;
import io.hybnext.actors.trainer.TrainerNews;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;

/**
 * A trainer as the cluster sees it: passes the coordinator's orders to the {@link TrainerLoop} and
 * its news back. It says what it said last again every few seconds, so that a message lost with a
 * connection does no harm.
 */
final class Trainer {
  private static final Duration BEAT = Duration.ofSeconds(2);
  private static final Duration LEAVE_LIMIT = Duration.ofSeconds(30);
  private static final String PATIENCE = "patience";

  /** What this actor receives. */
  sealed interface Command
      permits TrainerMessage,
          Listed,
          Opened,
          Prepared,
          News,
          CoordinatorGone,
          NoCoordinator,
          Going,
          Elsewhere,
          Late,
          Refused,
          Ended,
          Beat {}

  private record Listed(Receptionist.Listing listing) implements Command {}

  /** Model and data are open. */
  record Opened() implements Command {}

  /** News of the loop; the newest of each kind is repeated. */
  record News(CoordinatorMessage message) implements Command {}

  /** A generation's members have settled. */
  record Prepared(long generation, long step, Optional<StepReport> completed, PrepareTimes times)
      implements Command {}

  private record CoordinatorGone(ActorRef<CoordinatorMessage> ref) implements Command {}

  private record NoCoordinator() implements Command {}

  /** Somebody wants this process to leave in good order. */
  record Going(String reason) implements Command {}

  /** The run goes on in another cluster, of which this process is no part. */
  record Elsewhere(String reason) implements Command {}

  /** The coordinator did not let it go in time. */
  private record Late() implements Command {}

  private record Refused() implements Command {}

  record Ended(Optional<Throwable> defect) implements Command {}

  private record Beat() implements Command {}

  /**
   * Who this process is.
   *
   * @param place host and process, for people
   * @param host where its media driver takes datagrams; empty in a run of one machine
   */
  record Self(String trainer, long incarnation, String place, String host) {}

  private final ActorContext<Command> context;
  private final Self self;
  private final String trainer;
  private final long incarnation;
  private final TrainerLoop loop;
  private final CompletableFuture<String> result;
  private final TimerScheduler<Command> timers;
  private final Duration patience;
  private final Set<ActorRef<CoordinatorMessage>> known = new HashSet<>();
  private final TrainerNews<CoordinatorMessage> told = new TrainerNews<>();
  private long generation;
  private boolean opened;
  private Lifeline lifeline; // null until the coordinator says where
  private ActorRef<CoordinatorMessage> coordinator;
  private String trouble = "";
  private String going = ""; // why it wishes to leave; empty while it does not

  /**
   * Creates the actor; its loop starts with it.
   *
   * @param patience how long it waits for the next coordinator when it lost one
   * @param result completed when everything is closed: an empty text, or why the trainer gave up
   */
  static Behavior<Command> create(
      Self self, TrainerFactory factory, Duration patience, CompletableFuture<String> result) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Trainer(context, timers, self, factory, patience, result).receive()));
  }

  private Trainer(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Self self,
      TrainerFactory factory,
      Duration patience,
      CompletableFuture<String> result) {
    this.context = context;
    this.timers = timers;
    this.patience = patience;
    this.self = self;
    trainer = self.trainer();
    incarnation = self.incarnation();
    this.result = result;
    loop = new TrainerLoop(trainer, factory, new LoopReporter(trainer, context.getSelf()));
    loop.start();
    context.spawn(VitalsReporter.create(self, loop.activity(), factory::device), "vitals");
    timers.startTimerWithFixedDelay(new Beat(), BEAT);
    context
        .getSystem()
        .receptionist()
        .tell(
            Receptionist.subscribe(
                Coordinator.KEY, context.messageAdapter(Receptionist.Listing.class, Listed::new)));
  }

  private Behavior<Command> receive() {
    return Behaviors.receive(Command.class)
        .onMessage(Listed.class, this::onListed)
        .onMessage(Opened.class, opening -> onOpened())
        .onMessage(Prepared.class, this::onPrepared)
        .onMessage(News.class, this::onNews)
        .onMessage(Beat.class, beat -> onBeat())
        .onMessage(TrainerMessage.Welcome.class, this::onWelcome)
        .onMessage(TrainerMessage.Announce.class, this::onAnnounce)
        .onMessage(TrainerMessage.Proceed.class, this::onProceed)
        .onMessage(TrainerMessage.Hold.class, this::onHold)
        .onMessage(TrainerMessage.Abort.class, this::onAbort)
        .onMessage(TrainerMessage.Leave.class, this::onLeave)
        .onMessage(CoordinatorGone.class, this::onCoordinatorGone)
        .onMessage(NoCoordinator.class, none -> onNoCoordinator())
        .onMessage(Going.class, this::onGoing)
        .onMessage(Elsewhere.class, this::onElsewhere)
        .onMessage(Late.class, late -> onLate())
        .onMessage(Refused.class, refused -> onRefused())
        .onMessage(Ended.class, this::onEnded)
        .onSignal(PostStop.class, stop -> onPostStop())
        .build();
  }

  private Behavior<Command> onOpened() {
    opened = true;
    tellHere();
    return Behaviors.same();
  }

  private void tellHere() {
    if (coordinator != null && opened) {
      ActorRef<TrainerMessage> orders = context.getSelf().narrow();
      coordinator.tell(
          new CoordinatorMessage.Here(
              trainer,
              incarnation,
              self.place(),
              self.host(),
              orders,
              told.position(),
              ProtocolVersion.OWN));
    }
  }

  /** The newest coordinator counts; one that is gone may be listed for a while. */
  private Behavior<Command> onListed(Listed listed) {
    Set<ActorRef<CoordinatorMessage>> found = listed.listing().getServiceInstances(Coordinator.KEY);
    found.stream().filter(ref -> !known.contains(ref)).findFirst().ifPresent(this::meet);
    return Behaviors.same();
  }

  private void meet(ActorRef<CoordinatorMessage> found) {
    coordinator = found;
    known.add(found);
    timers.cancel(PATIENCE);
    context.watchWith(found, new CoordinatorGone(found));
    tellAgain();
  }

  /** What the coordinator has not confirmed goes with it: it may have been lost on the way. */
  private Behavior<Command> onPrepared(Prepared prepared) {
    told.settled(prepared.generation(), prepared.step());
    prepared.completed().ifPresent(told::add);
    return onNews(
        new News(
            new CoordinatorMessage.Ready(
                trainer,
                prepared.generation(),
                prepared.step(),
                told.unconfirmedBefore(prepared.step()),
                prepared.times())));
  }

  private Behavior<Command> onNews(News news) {
    CoordinatorMessage message = news.message();
    if (message instanceof CoordinatorMessage.StepDone done) {
      generation = done.generation();
      told.add(done.report());
    } else if (message instanceof CoordinatorMessage.Broken broken) {
      told.left(broken.generation());
      told.add(message);
      tellHere(); // a coordinator that is new waits for a generation only while it is intact
    } else if (!(message instanceof CoordinatorMessage.Waits)) {
      told.add(message);
    }
    if (coordinator != null) {
      coordinator.tell(message);
    }
    return Behaviors.same();
  }

  private Behavior<Command> onBeat() {
    if (coordinator != null) {
      tellAgain();
    }
    return Behaviors.same();
  }

  private void tellAgain() {
    tellHere();
    tellGoing();
    told.repeats().forEach(coordinator::tell);
    for (StepReport report : told.unconfirmed()) {
      coordinator.tell(new CoordinatorMessage.StepDone(trainer, generation, report));
    }
  }

  private Behavior<Command> onWelcome(TrainerMessage.Welcome welcome) {
    Optional<String> refusal = welcome.version().refusal(trainer, ProtocolVersion.OWN);
    if (refusal.isPresent()) { // a coordinator that is too old to see it
      return onLeave(new TrainerMessage.Leave(refusal.get(), true));
    }
    WorkState.get(context.getSystem()).engaged(true);
    if (lifeline == null || !lifeline.address().equals(welcome.lifeline())) {
      closeLifeline();
      ActorRef<Command> self = context.getSelf();
      lifeline =
          Lifeline.start(welcome.lifeline(), trainer, incarnation, () -> self.tell(new Refused()));
    }
    return Behaviors.same();
  }

  private void closeLifeline() {
    if (lifeline != null) {
      lifeline.close();
    }
  }

  private Behavior<Command> onAnnounce(TrainerMessage.Announce announce) {
    Generation next = announce.generation();
    if (loop.announce(next)) {
      told.announced(next);
    }
    return Behaviors.same();
  }

  private Behavior<Command> onProceed(TrainerMessage.Proceed proceed) {
    if (told.isSettledIn(
        proceed.generation())) { // one from before may know of steps that were lost
      told.confirm(proceed.committed());
    }
    loop.proceed(proceed.generation(), proceed.holds(), proceed.limit(), proceed.checkpoint());
    return Behaviors.same();
  }

  private Behavior<Command> onHold(TrainerMessage.Hold hold) {
    OptionalLong steps = loop.hold(hold.generation(), hold.holds());
    if (steps.isPresent() && coordinator != null) {
      coordinator.tell(
          new CoordinatorMessage.Held(trainer, hold.generation(), hold.holds(), steps.getAsLong()));
    }
    return Behaviors.same();
  }

  private Behavior<Command> onAbort(TrainerMessage.Abort abort) {
    loop.abort(abort.generation(), abort.reason());
    told.left(abort.generation());
    return Behaviors.same();
  }

  private Behavior<Command> onLeave(TrainerMessage.Leave leave) {
    context.getLog().info("Leaving: {}", leave.reason().isEmpty() ? "done" : leave.reason());
    if (leave.refused()) {
      trouble = leave.reason();
    }
    loop.leave(leave.reason());
    return Behaviors.same();
  }

  /** Steps go on up to the limit; what they come to is told to the next coordinator. */
  private Behavior<Command> onCoordinatorGone(CoordinatorGone gone) {
    if (gone.ref().equals(coordinator)) {
      context.getLog().warn("The coordinator is gone; waiting for the next one");
      coordinator = null;
      WorkState.get(context.getSystem()).engaged(false);
      timers.startSingleTimer(PATIENCE, new NoCoordinator(), patience);
    }
    return Behaviors.same();
  }

  private Behavior<Command> onNoCoordinator() {
    return giveUp(trainer + " lost the coordinator; start the run again to go on");
  }

  private Behavior<Command> onElsewhere(Elsewhere found) {
    return coordinator == null ? giveUp(found.reason()) : Behaviors.same();
  }

  private Behavior<Command> giveUp(String why) {
    trouble = why;
    loop.leave(why);
    return Behaviors.same();
  }

  /** The others go on without it first; where there is nobody to wait for it ends at once. */
  private Behavior<Command> onGoing(Going order) {
    going = order.reason();
    if (coordinator == null || !opened) {
      loop.leave(going);
    } else {
      timers.startSingleTimer(new Late(), LEAVE_LIMIT);
      tellGoing();
    }
    return Behaviors.same();
  }

  private void tellGoing() {
    if (!going.isEmpty()) {
      coordinator.tell(new CoordinatorMessage.Leaving(trainer, incarnation, going));
    }
  }

  private Behavior<Command> onLate() {
    context.getLog().warn("Leaving without the coordinator's word: it did not come in time");
    loop.leave(going);
    return Behaviors.same();
  }

  /** The coordinator's host says that its process is not there any more. */
  private Behavior<Command> onRefused() {
    ActorSystem<?> system = context.getSystem();
    CompletableFuture.runAsync(() -> Undertaker.look(system))
        .exceptionally(
            error -> {
              context.getLog().warn("Looking for dead members failed", error);
              return null;
            });
    return Behaviors.same();
  }

  private Behavior<Command> onEnded(Ended ended) {
    String defect = ended.defect().map(Trainer::describe).orElse("");
    ended
        .defect()
        .ifPresent(error -> context.getLog().error("{} cannot go on: {}", trainer, defect, error));
    if (coordinator != null) {
      coordinator.tell(new CoordinatorMessage.Ending(trainer, incarnation, defect));
    }
    result.complete(defect.isEmpty() ? trouble : defect);
    return Behaviors.stopped();
  }

  /** Also when the cluster puts this process out: its thread must not train on alone. */
  private Behavior<Command> onPostStop() {
    closeLifeline();
    loop.leave(trainer + " is no longer part of the cluster");
    return Behaviors.same();
  }

  private static String describe(Throwable error) {
    return error.getMessage() == null ? error.toString() : error.getMessage();
  }
}
