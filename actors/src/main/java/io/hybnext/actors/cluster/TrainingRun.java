package io.hybnext.actors.cluster;

import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.SnapshotId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * A run, from a process that leads it or stands by to. It starts or resumes by itself: when the
 * checkpoint folder holds a good checkpoint of this run, it goes on from there; when trainers are
 * there that hold more, it goes on from that. Of all such processes one, the oldest in the cluster,
 * has the coordinator; when it ends, the next takes over.
 */
public final class TrainingRun {
  /** The next one may begin at once: the lock of the run's folder keeps two from leading. */
  private static final Duration REMOVAL_MARGIN = Duration.ofMillis(1);

  private final ActorSystem<Coordinator.Command> system;
  private final Endpoint endpoint;
  private final CompletionStage<RunReport> result;

  private TrainingRun(
      ActorSystem<Coordinator.Command> system,
      Endpoint endpoint,
      CompletionStage<RunReport> result) {
    this.system = system;
    this.endpoint = endpoint;
    this.result = result;
  }

  /**
   * Starts the coordinator and, by the launcher, the trainers.
   *
   * @param launcher starts trainer processes; closed at the end of the run
   * @param listener hears every event in order, on one thread of its own
   * @throws ClusterException with a sentence when the address cannot be used, another process leads
   *     the run, or the journal cannot be opened
   */
  public static TrainingRun start(
      TrainingRunSettings settings, TrainerLauncher launcher, Consumer<ProgressEvent> listener)
      throws ClusterException {
    return start(settings, launcher, ExchangeHost.none(), () -> {}, listener);
  }

  /**
   * The same for a run that has a media driver of its own, and files to prepare.
   *
   * @param exchange made ready before every generation; stays the caller's
   * @param onLeading called once this process has the right to change the run's files, before
   *     anything is started; when it throws, nothing is
   */
  public static TrainingRun start(
      TrainingRunSettings settings,
      TrainerLauncher launcher,
      ExchangeHost exchange,
      Runnable onLeading,
      Consumer<ProgressEvent> listener)
      throws ClusterException {
    Leadership leadership = Leadership.take(settings);
    try {
      onLeading.run();
      return begin(settings, Optional.of(leadership), List.of(), launcher, exchange, listener);
    } catch (ClusterException | RuntimeException e) {
      launcher.close();
      leadership.giveBack();
      throw e;
    }
  }

  /**
   * Joins the cluster of a run that is going on, to take over when its coordinator ends before the
   * run does. It starts no trainers.
   *
   * @param seeds members of the cluster, at least one
   * @throws ClusterException with a sentence when the address cannot be used
   */
  public static TrainingRun standBy(
      TrainingRunSettings settings,
      List<Endpoint> seeds,
      ExchangeHost exchange,
      Consumer<ProgressEvent> listener)
      throws ClusterException {
    return begin(settings, Optional.empty(), seeds, TrainerLauncher.none(), exchange, listener);
  }

  private static TrainingRun begin(
      TrainingRunSettings settings,
      Optional<Leadership> leadership,
      List<Endpoint> seeds,
      TrainerLauncher launcher,
      ExchangeHost exchange,
      Consumer<ProgressEvent> listener)
      throws ClusterException {
    CompletableFuture<RunReport> over = new CompletableFuture<>();
    Candidate candidate = new Candidate(settings, leadership, launcher, exchange, listener, over);
    Path lease = settings.journal().resolveSibling("cluster.lock");
    ActorSystem<Coordinator.Command> system =
        ClusterNode.start(
            guardian(candidate),
            settings.endpoint(),
            ClusterNode.COORDINATOR,
            lease,
            settings.tls(),
            settings.rendezvous());
    Endpoint endpoint = ClusterNode.endpoint(system);
    try {
      ClusterNode.join(
              system,
              seeds.isEmpty() ? List.of(endpoint) : seeds,
              settings.tls(),
              settings.rendezvous())
          .thenAccept(obstacle -> over.completeExceptionally(new ClusterException(obstacle)));
    } catch (ClusterException e) {
      system.terminate();
      throw e;
    }
    system
        .getWhenTerminated()
        .thenRun(
            () -> {
              launcher.close();
              over.completeExceptionally(
                  new ClusterException("this process lost the cluster of the run"));
            });
    CompletionStage<RunReport> result =
        over.whenComplete((report, error) -> system.terminate())
            .thenCombine(system.getWhenTerminated(), (report, done) -> report);
    return new TrainingRun(system, endpoint, result);
  }

  private static Behavior<Coordinator.Command> guardian(Candidate candidate) {
    return Behaviors.setup(
        context -> {
          WorkState.get(context.getSystem()).engaged(true); // it leads, or stands by to
          ActorRef<Coordinator.Command> coordinator =
              ClusterSingleton.get(context.getSystem())
                  .init(
                      SingletonActor.of(candidate.behavior(), "coordinator")
                          .withSettings(
                              ClusterSingletonSettings.create(context.getSystem())
                                  .withRole(ClusterNode.COORDINATOR)
                                  .withRemovalMargin(REMOVAL_MARGIN)));
          return Behaviors.receiveMessage(
              message -> {
                coordinator.tell(message);
                return Behaviors.same();
              });
        });
  }

  /** Where trainers join. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * Asks for the end of the run, where the coordinator is in this process: trainers finish the step
   * that all of them can reach, write a checkpoint, and leave. The result comes within a few steps.
   * Repeats change nothing.
   */
  public void requestStop(String reason) {
    system.tell(new Coordinator.Happened(new RunEvent.StopRequested(reason)));
  }

  /**
   * Offers items that the run does not draw from yet, where the coordinator is in this process:
   * they enter at a step that is noted in {@code waves.jsonl} of the run's folder ({@link
   * io.hybnext.streams.batch.WaveLedger}). To be repeated until they do.
   *
   * @param snapshot all items that the run should draw from
   * @param mixing of new and replayed items
   */
  public void offer(SnapshotId snapshot, Mixing mixing) {
    system.tell(new Coordinator.Happened(new RunEvent.ItemsOffered(snapshot, mixing)));
  }

  /**
   * Notes in the journal, and tells the listener, what the run itself does not know of, where the
   * coordinator is in this process. Lost when the run is over.
   */
  public void tell(ProgressEvent event) {
    system.tell(new Coordinator.Told(event));
  }

  /**
   * Looks at something more for the run's health, where the coordinator is in this process: a
   * {@link io.hybnext.actors.health.Pulse} of an actor, or something outside.
   */
  public void watch(HealthProbe more) {
    system.tell(new Coordinator.Watched(more));
  }

  /** Where operators order the run, while the coordinator is in this process. */
  public RunControl control() {
    return order -> {
      CompletableFuture<RunAnswer> answer = new CompletableFuture<>();
      result.whenComplete(
          (report, error) -> answer.complete(new RunAnswer(false, "the run is not led here now")));
      system.tell(new Coordinator.Asked(order, answer));
      return answer;
    };
  }

  /** Leaves the cluster; another process takes over what this one leads. */
  public void leave() {
    system.terminate();
  }

  /**
   * How the run ended; comes when every trainer process is gone and the cluster is left. Fails for
   * defects, and when this process left or lost the cluster before the run ended.
   */
  public CompletionStage<RunReport> result() {
    return result;
  }
}
