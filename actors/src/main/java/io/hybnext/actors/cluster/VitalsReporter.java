package io.hybnext.actors.cluster;

import io.hybnext.actors.health.Activity;
import io.hybnext.actors.health.MemoryGauge;
import io.hybnext.actors.health.Vitals;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;

/** Tells the coordinator once a second what a trainer does. A message that is lost is no loss. */
final class VitalsReporter {
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** What this actor receives. */
  sealed interface Command {}

  private record Due() implements Command {}

  private record Listed(Receptionist.Listing listing) implements Command {}

  private final Trainer.Self self;
  private final Activity activity;
  private final Supplier<Vitals.Device> device;
  private final MemoryGauge memory = new MemoryGauge();
  private final Set<ActorRef<CoordinatorMessage>> coordinators = new HashSet<>();

  private VitalsReporter(Trainer.Self self, Activity activity, Supplier<Vitals.Device> device) {
    this.self = self;
    this.activity = activity;
    this.device = device;
  }

  /** Creates the actor; it ends with the trainer's. */
  static Behavior<Command> create(
      Trainer.Self self, Activity activity, Supplier<Vitals.Device> device) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerWithFixedDelay(new Due(), EVERY);
                  return new VitalsReporter(self, activity, device).receive(context);
                }));
  }

  private Behavior<Command> receive(ActorContext<Command> context) {
    ActorRef<Receptionist.Listing> listings =
        context.messageAdapter(Receptionist.Listing.class, Listed::new);
    context.getSystem().receptionist().tell(Receptionist.subscribe(Coordinator.KEY, listings));
    return Behaviors.receive(Command.class)
        .onMessage(Listed.class, this::onListed)
        .onMessage(Due.class, due -> onDue())
        .build();
  }

  private Behavior<Command> onListed(Listed listed) {
    coordinators.clear();
    coordinators.addAll(listed.listing().getServiceInstances(Coordinator.KEY));
    return Behaviors.same();
  }

  private Behavior<Command> onDue() {
    if (!coordinators.isEmpty()) {
      Vitals vitals = activity.vitals(memory.read(), device.get());
      CoordinatorMessage signs =
          new CoordinatorMessage.VitalSigns(self.trainer(), self.incarnation(), vitals);
      coordinators.forEach(coordinator -> coordinator.tell(signs));
    }
    return Behaviors.same();
  }
}
