package io.hybnext.actors.cluster;

import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Becomes the coordinator where the cluster wants it: takes the leadership of the run, which the
 * process that had it before may hold for a moment longer, and goes on from the journal and from
 * what the trainers tell.
 */
final class Candidate {
  private static final Duration RETRY = Duration.ofMillis(100);

  private final TrainingRunSettings settings;
  private final TrainerLauncher launcher;
  private final ExchangeHost exchange;
  private final Consumer<ProgressEvent> listener;
  private final CompletableFuture<RunReport> result;
  private Optional<Leadership> prepared;

  private record Again() implements Coordinator.Command {}

  /**
   * Creates the candidate.
   *
   * @param prepared the leadership, when this process has taken it already
   * @param result completed when the run is over
   */
  Candidate(
      TrainingRunSettings settings,
      Optional<Leadership> prepared,
      TrainerLauncher launcher,
      ExchangeHost exchange,
      Consumer<ProgressEvent> listener,
      CompletableFuture<RunReport> result) {
    this.settings = settings;
    this.prepared = prepared;
    this.launcher = launcher;
    this.exchange = exchange;
    this.listener = listener;
    this.result = result;
  }

  /** What the cluster starts on the one process that it chooses. */
  Behavior<Coordinator.Command> behavior() {
    return Behaviors.withTimers(
        timers ->
            Behaviors.setup(
                context -> {
                  if (prepared.isPresent()) {
                    Leadership leadership = prepared.get();
                    prepared = Optional.empty();
                    return coordinator(leadership, false);
                  }
                  timers.startTimerWithFixedDelay(new Again(), RETRY);
                  return Behaviors.receive(Coordinator.Command.class)
                      .onMessage(Again.class, again -> tryTake(timers))
                      .onAnyMessage(other -> Behaviors.same()) // trainers say it again
                      .build();
                }));
  }

  private Behavior<Coordinator.Command> tryTake(TimerScheduler<Coordinator.Command> timers) {
    Optional<Leadership> leadership;
    try {
      leadership = Leadership.tryTake(settings);
    } catch (ClusterException e) {
      result.completeExceptionally(e);
      return Behaviors.stopped();
    }
    if (leadership.isEmpty()) {
      return Behaviors.same();
    }
    timers.cancelAll();
    Optional<RunReport> ended = leadership.get().ended();
    if (ended.isPresent()) {
      leadership.get().giveBack();
      result.complete(ended.get());
      return Behaviors.stopped();
    }
    return coordinator(leadership.get(), true);
  }

  private Behavior<Coordinator.Command> coordinator(Leadership leadership, boolean takesOver) {
    RunState state;
    try {
      state = leadership.state(launcher);
    } catch (ClusterException e) {
      leadership.giveBack();
      result.completeExceptionally(e);
      return Behaviors.stopped();
    }
    RunDriver driver = leadership.driver(launcher, exchange, listener, result);
    if (takesOver) {
      driver.takesOver();
    }
    return Behaviors.setup(
        context ->
            Coordinator.create(
                state,
                driver,
                ClusterNode.endpoint(context.getSystem()),
                settings.run().limits().silenceLimit()));
  }
}
