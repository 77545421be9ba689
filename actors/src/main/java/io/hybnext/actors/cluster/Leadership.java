package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.membership.ExchangeKey;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunPast;
import io.hybnext.actors.run.RunReport;
import io.hybnext.actors.run.RunSettings;
import io.hybnext.actors.run.RunState;
import io.hybnext.streams.batch.WaveLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to decide over a run, and what only its holder opens: the lock of the run's folder and
 * the journal.
 */
final class Leadership {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

  private final TrainingRunSettings settings;
  private final RunLock lock;
  private final RunJournal journal;
  private final WaveLedger waves;

  private Leadership(TrainingRunSettings settings, RunLock lock, RunJournal journal) {
    this.settings = settings;
    this.lock = lock;
    this.journal = journal;
    waves = new WaveLedger(settings.journal().resolveSibling(WaveLedger.FILE));
  }

  /**
   * Takes it if nobody has it.
   *
   * @throws ClusterException with a sentence when the run's folder cannot be used
   */
  static Optional<Leadership> tryTake(TrainingRunSettings settings) throws ClusterException {
    Path file = settings.journal().resolveSibling("run.lock");
    try {
      Optional<RunLock> lock = RunLock.tryTake(file);
      if (lock.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(new Leadership(settings, lock.get(), open(settings, lock.get())));
    } catch (IOException e) {
      throw new ClusterException(
          "the run's journal " + settings.journal() + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private static RunJournal open(TrainingRunSettings settings, RunLock lock) throws IOException {
    try {
      return RunJournal.open(settings.journal(), Clock.systemUTC(), settings.journalSteps());
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Takes it.
   *
   * @throws ClusterException with a sentence when another process has it
   */
  static Leadership take(TrainingRunSettings settings) throws ClusterException {
    return tryTake(settings)
        .orElseThrow(
            () ->
                new ClusterException(
                    "the run of "
                        + settings.journal()
                        + " is going on in another process; end that one first, or join it with"
                        + " `node`"));
  }

  /** How the run ended, when that is the last that the journal tells of. */
  Optional<RunReport> ended() {
    return journal.ended();
  }

  /**
   * The run's state before anything happened in this process. Who takes over a run that is paused
   * lets it stand; who starts it again, with trainers of his own, wants it to go on.
   *
   * @throws ClusterException with a sentence when the run's folder cannot be written
   */
  RunState state(TrainerLauncher launcher) throws ClusterException {
    long first = journal.lastGeneration() + 1;
    boolean startsAgain = !launcher.trainers().isEmpty();
    RunPast past;
    try {
      journal.reserve(first);
      waves.secure();
      past = startsAgain ? journal.startAgain() : journal.past();
    } catch (IOException e) {
      throw new ClusterException(
          "the run's folder "
              + settings.journal().toAbsolutePath().getParent()
              + " cannot be written: "
              + e.getMessage(),
          e);
    }
    return new RunState(settings.run(), launcher.trainers(), first, past, ExchangeKey.random());
  }

  /** What carries out the state's actions; gives the leadership back when the run is over. */
  RunDriver driver(
      TrainerLauncher launcher,
      ExchangeHost exchange,
      Consumer<ProgressEvent> listener,
      CompletableFuture<RunReport> result) {
    RunSettings run = settings.run();
    Path checkpoints = Path.of(run.plan().checkpointFolder());
    int keep = run.plan().keepCheckpoints();
    CheckpointStore store =
        new CheckpointStore(checkpoints, run.identity(), keep, Clock.systemUTC());
    HealthWatch health =
        new HealthWatch(
            settings.journal().toAbsolutePath().getParent(),
            run.plan().checkpointEvery(),
            settings.probes());
    return new RunDriver(
        store, journal, waves, lock, this::giveBack, launcher, exchange, listener, result, health);
  }

  /** Nobody decides over the run any more. */
  void giveBack() {
    try {
      journal.close();
      lock.close();
    } catch (IOException e) {
      LOG.warn("The run's journal cannot be closed: {}", e.getMessage());
    }
  }
}
