package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.checkpoint.CheckpointStore;
import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.actors.launch.ExchangeHost;
import io.hybnext.actors.launch.TrainerLauncher;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.RunReport;
import io.hybnext.streams.batch.UnsettledWaveException;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WaveLedger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the coordinator has done outside of the cluster: checkpoints on disk, the journal, listeners
 * and trainer processes. Disk work and news run in order, each on one thread, never on the actor's.
 */
final class RunDriver {
  private static final Logger LOG = LoggerFactory.getLogger(RunDriver.class);
  private static final long SETTLE_EVERY_MS = 1000;
  private static final Duration EXIT_PATIENCE = Duration.ofSeconds(15);

  private final CheckpointStore store;
  private final RunJournal journal;
  private final WaveLedger waves;
  private final RunLock lock;
  private final Runnable giveBack;
  private final TrainerLauncher launcher;
  private final ExchangeHost exchange;
  private final Consumer<ProgressEvent> listener;
  private final CompletableFuture<RunReport> result;
  private final HealthWatch health;
  private final ScheduledExecutorService disk =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "run-disk"));
  private final ExecutorService news =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "run-news"));
  private boolean journalFailed;

  /**
   * Creates the driver.
   *
   * @param waves at which steps new items enter
   * @param lock what gives the right to write: asked before every checkpoint and line
   * @param giveBack called last, when nothing is written any more
   * @param exchange made ready before every generation
   * @param result completed when every trainer process is gone and every listener was told
   * @param health hears every event, and its findings become events; closed at the end of the run
   */
  RunDriver(
      CheckpointStore store,
      RunJournal journal,
      WaveLedger waves,
      RunLock lock,
      Runnable giveBack,
      TrainerLauncher launcher,
      ExchangeHost exchange,
      Consumer<ProgressEvent> listener,
      CompletableFuture<RunReport> result,
      HealthWatch health) {
    this.store = store;
    this.journal = journal;
    this.waves = waves;
    this.lock = lock;
    this.giveBack = giveBack;
    this.launcher = launcher;
    this.exchange = exchange;
    this.listener = listener;
    this.result = result;
    this.health = health;
    health.start(this::report);
  }

  /** The actor that this serves is there and reads its messages. */
  void alive() {
    health.coordinator().beat("decides over the run");
  }

  /** Another process led the run before. */
  void takesOver() {
    health.takesOver();
  }

  /** Looks at something more for the run's health. */
  void watch(HealthProbe more) {
    health.watch(more);
  }

  /** A trainer tells of itself. */
  void vitals(String trainer, Vitals vitals) {
    health.beat(trainer, vitals);
  }

  void launch(
      RunAction.LaunchTrainer launch, Endpoint coordinator, TrainerLauncher.ExitListener onExit) {
    Runnable start =
        () ->
            launcher.start(launch.trainer(), launch.incarnation(), coordinator.toString(), onExit);
    disk.schedule(start, launch.delayMs(), TimeUnit.MILLISECONDS);
  }

  void kill(RunAction.KillTrainer kill) {
    Runnable end = () -> launcher.kill(kill.trainer(), kill.incarnation());
    disk.schedule(end, kill.graceMs(), TimeUnit.MILLISECONDS);
  }

  /** Sees that the members can exchange, and looks up the newest good checkpoint. */
  void resolve(int members, Consumer<RunEvent> events) {
    disk.execute(
        () -> {
          RunEvent exchangeReady = exchange(members, events);
          events.accept(exchangeReady instanceof RunEvent.ExchangeReady ? newest() : exchangeReady);
        });
  }

  /** Sees that the members can exchange. */
  void prepareExchange(int members, Consumer<RunEvent> events) {
    disk.execute(() -> events.accept(exchange(members, events)));
  }

  private RunEvent exchange(int members, Consumer<RunEvent> events) {
    try {
      exchange
          .prepare(members, reason -> events.accept(new RunEvent.ExchangeLost(reason)))
          .ifPresent(this::report);
      return new RunEvent.ExchangeReady(members);
    } catch (ExchangeException e) {
      return new RunEvent.ExchangeRefused(e.getMessage());
    }
  }

  private RunEvent newest() {
    try {
      CheckpointStore.Newest newest = store.newest();
      return new RunEvent.CheckpointResolved(newest.step(), newest.folder(), newest.skipped());
    } catch (CheckpointException e) {
      return new RunEvent.CheckpointRefused(e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Looking up checkpoints failed", e);
      return new RunEvent.CheckpointRefused("checkpoints cannot be looked up: " + e);
    }
  }

  /** Puts a complete checkpoint in its place. */
  void publish(RunAction.PublishCheckpoint publish, Consumer<RunEvent> answer) {
    disk.execute(
        () ->
            health
                .store()
                .during("publishes a checkpoint", () -> answer.accept(published(publish))));
  }

  private RunEvent published(RunAction.PublishCheckpoint publish) {
    long step = publish.request().step();
    Path partial = Path.of(publish.request().folder());
    if (!mayWrite()) {
      return new RunEvent.PublishFailed(
          step, publish.request().attempt(), "it does not lead the run");
    }
    try {
      long size = store.publish(partial, step, publish.generation().microshards(), publish.parts());
      Path folder = partial.resolveSibling(CheckpointFolder.name(step));
      return new RunEvent.CheckpointPublished(step, folder.toString(), size);
    } catch (CheckpointException e) {
      return new RunEvent.PublishFailed(step, publish.request().attempt(), e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Publishing a checkpoint failed", e);
      return new RunEvent.PublishFailed(step, publish.request().attempt(), e.toString());
    }
  }

  /** Puts a wave of new items on disk. */
  void note(Wave wave, Consumer<RunEvent> answer) {
    disk.execute(() -> noted(wave, answer, () -> waves.add(wave)));
  }

  /** Does what puts a wave on disk. */
  @FunctionalInterface
  private interface WaveWrite {
    void run() throws IOException;
  }

  private void noted(Wave wave, Consumer<RunEvent> answer, WaveWrite write) {
    try {
      answer.accept(noted(wave, write));
    } catch (UnsettledWaveException unsettled) { // the members are held until it is settled
      LOG.warn("New items wait to enter, and the run with them: {}", unsettled.getMessage());
      disk.schedule(
          () -> noted(wave, answer, waves::secure), SETTLE_EVERY_MS, TimeUnit.MILLISECONDS);
    }
  }

  private RunEvent noted(Wave wave, WaveWrite write) throws UnsettledWaveException {
    if (!mayWrite()) {
      return new RunEvent.WaveRefused(wave, "it does not lead the run");
    }
    try {
      write.run();
      return new RunEvent.WaveNoted(wave);
    } catch (UnsettledWaveException unsettled) {
      throw unsettled;
    } catch (IOException e) {
      return new RunEvent.WaveRefused(wave, "new items do not enter yet: " + e.getMessage());
    }
  }

  /** Whether this process still leads the run; the first time that it does not ends it here. */
  private boolean mayWrite() {
    try {
      if (lock.isHeld()) {
        return true;
      }
      result.completeExceptionally(
          new ClusterException(
              "another process leads the run now; this one writes nothing any more and ends"));
    } catch (IOException e) {
      LOG.warn("Cannot see whether this process still leads the run: {}", e.getMessage());
    }
    return false;
  }

  /** Removes what there is of a checkpoint that came to nothing. */
  void drop(CheckpointRequest request) {
    disk.execute(() -> store.drop(Path.of(request.folder())));
  }

  /** Whether another coordinator would know that a generation of this number may have been. */
  boolean isReserved(long generation) {
    return journal.isReserved(generation);
  }

  /** Notes an event in the journal and tells the listener. */
  void report(ProgressEvent event) {
    health.on(event);
    news.execute(() -> health.journal().during("notes an event", () -> tell(event)));
  }

  /** Notes in the journal how many steps members may do. */
  void allow(long steps) {
    news.execute(
        () ->
            note(
                () -> {
                  if (mayWrite()) {
                    journal.allow(steps);
                  }
                }));
  }

  /** Something to write into the journal. */
  private interface Line {
    void write() throws IOException;
  }

  private void note(Line line) {
    try {
      line.write();
      journalFailed = false;
    } catch (IOException e) {
      if (!journalFailed) {
        LOG.warn("The run's journal cannot be written, the run goes on: {}", e.getMessage());
      }
      journalFailed = true;
    }
  }

  private void tell(ProgressEvent event) {
    note(
        () -> {
          if (event instanceof ProgressEvent.StepCommitted || mayWrite()) {
            journal.append(event);
          }
        });
    try {
      listener.accept(event);
    } catch (RuntimeException e) {
      LOG.error("A progress listener failed", e);
    }
  }

  /** Waits for the trainer processes, closes everything, and completes the result. */
  void end(RunReport report) {
    disk.execute(
        () -> {
          try {
            if (!launcher.awaitExit(EXIT_PATIENCE)) {
              LOG.warn("Some trainer processes did not end by themselves and are killed");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          close();
          news.execute(() -> result.complete(report));
          news.shutdown();
          disk.shutdownNow();
        });
  }

  /** The coordinator itself failed: nothing is left running. */
  void fail(Throwable error) {
    health.close();
    disk.shutdownNow();
    close();
    news.shutdown();
    result.completeExceptionally(error);
  }

  private void close() {
    launcher.close();
    news.execute(giveBack);
  }
}
