package io.hybnext.ops.run;

import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.Endpoint;
import io.hybnext.actors.cluster.Rendezvous;
import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.launch.MediaDriverKeeper;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.management.ManagementPort;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A second process that can lead a run, for when the first one ends before the run does. */
public final class StandbyService {
  private final RunFolder folder;
  private final RunFile file;
  private final HybnextSettings settings;
  private final Consumer<ProgressEvent> listener;
  private final Optional<Rendezvous> rendezvous;

  /**
   * Prepares it; nothing starts yet.
   *
   * @param folder of the run, which all its hosts see
   * @param local settings of this machine, see {@link HybnextSettings#onMachineOf}
   * @param listener hears everything from the moment that this process leads, on one thread
   */
  public StandbyService(RunFolder folder, HybnextSettings local, Consumer<ProgressEvent> listener) {
    this.folder = folder;
    this.listener = listener;
    rendezvous = ManagementPort.of(local.cluster());
    file = RunFile.read(folder);
    settings = file.effective().onMachineOf(local);
  }

  /**
   * Stands by until the run is over, leading it when need be.
   *
   * @param coordinator where to join, {@code host:port}
   * @param codeVersion commit or release, shown in checkpoints
   * @param stop when it completes, this process leaves and the run goes on
   * @return how the run ended; empty when this process left it
   * @throws CommandFailure with a sentence when it cannot join or lead
   */
  public Optional<RunReport> run(String coordinator, String codeVersion, CompletionStage<Void> stop)
      throws InterruptedException {
    TrainingRunSettings run =
        new RunDescription(folder, file, settings).settings(codeVersion).with(rendezvous);
    AtomicBoolean left = new AtomicBoolean();
    AtomicBoolean leads = new AtomicBoolean();
    CompletableFuture<TrainingRun> here = new CompletableFuture<>();
    LeaderDuties duties = new LeaderDuties(folder, settings, file.snapshot());
    Consumer<ProgressEvent> noting =
        event -> {
          if (!leads.getAndSet(true)) { // who joins from now on joins here
            folder.noteCoordinator(here.join().endpoint().toString());
            duties.begin(here.join());
          }
          duties.accept(event);
          listener.accept(event);
        };
    try (MediaDriverKeeper driver = LocalRun.driverKeeper(LocalRun.aeronFolder(file.run()))) {
      TrainingRun standing =
          TrainingRun.standBy(atAnyPort(run), List.of(Endpoint.parse(coordinator)), driver, noting);
      here.complete(standing);
      stop.thenRun(
          () -> {
            left.set(true);
            standing.leave();
          });
      return Optional.of(standing.result().toCompletableFuture().get());
    } catch (ClusterException e) {
      throw new CommandFailure(e.getMessage(), e);
    } catch (ExecutionException e) {
      if (left.get()) {
        return Optional.empty();
      }
      throw new CommandFailure("the run failed: " + e.getCause().getMessage(), e.getCause());
    } finally {
      duties.close();
      if (leads.get() && !left.get()) {
        folder.noteCoordinator("");
      }
    }
  }

  /** The run's own port belongs to the process that started it. */
  private static TrainingRunSettings atAnyPort(TrainingRunSettings run) {
    return run.at(new Endpoint(run.endpoint().host(), 0));
  }
}
