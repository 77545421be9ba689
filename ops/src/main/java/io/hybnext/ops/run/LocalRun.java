package io.hybnext.ops.run;

import io.hybnext.actors.cluster.ClusterException;
import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.cluster.TrainingRunSettings;
import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.SharedMemory;
import io.hybnext.actors.exchange.driver.AbandonedFolders;
import io.hybnext.actors.exchange.driver.MediaDriverProcess;
import io.hybnext.actors.launch.MediaDriverKeeper;
import io.hybnext.actors.launch.ProcessLauncher;
import io.hybnext.actors.launch.TrainerEnvironment;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.ops.cli.CommandFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The processes of one run on this machine: media driver and trainers as child processes, the
 * coordinator in this one.
 */
public final class LocalRun {
  private static final String PROGRAM = "io.hybnext.ops.Hybnext";
  private static final Duration DRIVER_LIMIT = Duration.ofMinutes(2);

  private final Resources resources;
  private final Path aeron;
  private final ProcessLauncher launcher;

  /**
   * What the trainers may use.
   *
   * @param trainers number of processes
   * @param threads intra-op threads of each
   * @param heapMib largest heap of each, MiB; weights and gradients live outside of it
   */
  public record Resources(int trainers, int threads, int heapMib) {}

  /**
   * Prepares the processes; nothing starts yet.
   *
   * @param command hidden command of this program that a trainer runs, with its own arguments;
   *     {@link TrainerOptions} are added
   * @param aeron folder of the media driver, see {@link #aeronFolder}
   * @param logs folder that gets a log a trainer
   */
  public LocalRun(Resources resources, List<String> command, Path aeron, Path logs) {
    this.resources = resources;
    this.aeron = aeron;
    List<String> names =
        IntStream.range(0, resources.trainers()).mapToObj(i -> "trainer-" + i).toList();
    launcher =
        new ProcessLauncher(
            names,
            (trainer, incarnation, coordinator) -> {
              List<String> arguments = new ArrayList<>(command);
              arguments.addAll(
                  TrainerOptions.of(trainer, names.indexOf(trainer), incarnation, coordinator));
              return TrainerEnvironment.java(resources.heapMib(), PROGRAM, arguments);
            },
            TrainerEnvironment.forThreads(resources.threads()),
            logs);
  }

  /**
   * Folder of a run's media driver: in shared memory, so that buffers never touch a disk; short,
   * because sockets want it so.
   *
   * @param run its identifier
   */
  public static Path aeronFolder(String run) {
    return SharedMemory.folder().resolve(AbandonedFolders.PREFIX + run.substring(0, 8));
  }

  /**
   * Runs to the end. To be called once.
   *
   * @param onLeading called once the run's files may be changed, before anything is started
   * @param listener hears everything in order, on one thread
   * @param onStart gets the run when its coordinator can be joined
   * @throws CommandFailure with a sentence when the run cannot start
   */
  public RunReport run(
      TrainingRunSettings settings,
      Runnable onLeading,
      Consumer<ProgressEvent> listener,
      Consumer<TrainingRun> onStart)
      throws InterruptedException {
    try (MediaDriverKeeper driver = driver()) {
      TrainingRun running = TrainingRun.start(settings, launcher, driver, onLeading, listener);
      onStart.accept(running);
      return running.result().toCompletableFuture().get();
    } catch (ClusterException | ExchangeException e) {
      throw new CommandFailure(e.getMessage(), e);
    } catch (ExecutionException e) {
      throw new CommandFailure("the run failed: " + e.getCause().getMessage(), e.getCause());
    }
  }

  /** Too little shared memory is told before anything is started. */
  private MediaDriverKeeper driver() {
    if (resources.trainers() > 1) {
      SharedMemory.require(aeron.getParent(), resources.trainers());
    }
    return driverKeeper(aeron);
  }

  /** What keeps a media driver as a child of this process. */
  static MediaDriverKeeper driverKeeper(Path folder) {
    return new MediaDriverKeeper(folder, MediaDriverProcess.javaCommand(folder), DRIVER_LIMIT);
  }

  /** Process ids of the trainers that run now, by name. */
  public Map<String, Long> processIds() {
    return launcher.processIds();
  }
}
