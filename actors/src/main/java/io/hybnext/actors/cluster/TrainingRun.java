package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.actors.run.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A run, from the process that owns it. It starts or resumes by itself: when the checkpoint folder
 * holds a good checkpoint of this run, it goes on from there.
 */
public final class TrainingRun {
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
   * @throws ClusterException with a sentence when the address cannot be used or the journal cannot
   *     be opened
   */
  public static TrainingRun start(
      TrainingRunSettings settings, TrainerLauncher launcher, Consumer<ProgressEvent> listener)
      throws ClusterException {
    return start(settings, launcher, ExchangeHost.none(), listener);
  }

  /**
   * The same for a run that has a media driver of its own.
   *
   * @param exchange made ready before every generation; stays the caller's
   */
  public static TrainingRun start(
      TrainingRunSettings settings,
      TrainerLauncher launcher,
      ExchangeHost exchange,
      Consumer<ProgressEvent> listener)
      throws ClusterException {
    RunSettings run = settings.run();
    Path checkpoints = Path.of(run.plan().checkpointFolder());
    int keep = run.plan().keepCheckpoints();
    CheckpointStore store =
        new CheckpointStore(checkpoints, run.identity(), keep, Clock.systemUTC());
    RunJournal journal = openJournal(settings);
    RunState state = new RunState(run, launcher.trainers(), journal.lastGeneration() + 1);
    CompletableFuture<RunReport> over = new CompletableFuture<>();
    RunDriver driver = new RunDriver(store, journal, launcher, exchange, listener, over);
    ActorSystem<Coordinator.Command> system;
    try {
      system =
          ClusterNode.start(
              guardian(state, driver, run.limits().silenceLimit()),
              settings.endpoint(),
              "coordinator");
    } catch (ClusterException | RuntimeException e) {
      driver.fail(e);
      throw e;
    }
    Endpoint endpoint = ClusterNode.endpoint(system);
    ClusterNode.join(system, endpoint);
    CompletionStage<RunReport> result =
        over.whenComplete((report, error) -> system.terminate())
            .thenCombine(system.getWhenTerminated(), (report, done) -> report);
    return new TrainingRun(system, endpoint, result);
  }

  private static Behavior<Coordinator.Command> guardian(
      RunState state, RunDriver driver, Duration silenceLimit) {
    return Behaviors.setup(
        context ->
            Coordinator.create(
                state, driver, ClusterNode.endpoint(context.getSystem()), silenceLimit));
  }

  private static RunJournal openJournal(TrainingRunSettings settings) throws ClusterException {
    try {
      return RunJournal.open(settings.journal(), Clock.systemUTC(), settings.journalSteps());
    } catch (IOException e) {
      throw new ClusterException(
          "the run's journal " + settings.journal() + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /** Where trainers join. */
  public Endpoint endpoint() {
    return endpoint;
  }

  /**
   * Asks for the end of the run: trainers finish the step that all of them can reach, write a
   * checkpoint, and leave. The result comes within a few steps. Repeats change nothing.
   */
  public void requestStop(String reason) {
    system.tell(new Coordinator.Happened(new RunEvent.StopRequested(reason)));
  }

  /**
   * How the run ended; comes when every trainer process is gone and the cluster is left. Fails only
   * for defects.
   */
  public CompletionStage<RunReport> result() {
    return result;
  }
}
