package io.hybnext.actors.cluster;

import io.hybnext.actors.health.DiskProbe;
import io.hybnext.actors.health.HealthMonitor;
import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.health.HealthSignal;
import io.hybnext.actors.health.RunBoard;
import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.StatusFile;
import io.hybnext.actors.health.Verdict;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a {@link HealthMonitor} in the process that leads a run: a thread that judges twice a
 * second and keeps {@code status.json}, and one that looks at disks and databases, which may make
 * it wait.
 */
final class HealthWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.hybnext.health");
  private static final long JUDGE_MS = 500;
  private static final long LOOK_MS = 1_000;

  private final Path folder;
  private final HealthMonitor monitor;
  private final RunBoard board;
  private final List<HealthProbe> probes = new ArrayList<>();
  private final ScheduledExecutorService judge = thread("run-health");
  private final ScheduledExecutorService look = thread("run-probes");
  private Consumer<ProgressEvent> sink = event -> {};
  private boolean closed; // guarded by this: nothing is told after the run's end
  private boolean unwritten; // of the judge's thread

  /**
   * Watches a run.
   *
   * @param folder of the run
   * @param checkpointEvery steps between checkpoints; 0 when there is one at the end only
   * @param others what is looked at besides the disk of the folder
   */
  HealthWatch(Path folder, long checkpointEvery, List<HealthProbe> others) {
    this.folder = folder;
    monitor = new HealthMonitor(checkpointEvery);
    board = new RunBoard(Instant.now(), checkpointEvery);
    probes.add(new DiskProbe(folder));
    probes.addAll(others);
  }

  private static ScheduledExecutorService thread(String name) {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true); // a look at a disk that hangs must not keep the process
          return thread;
        });
  }

  /** Begins to watch; what it finds goes to {@code sink}, which must not wait. */
  void start(Consumer<ProgressEvent> to) {
    synchronized (this) {
      sink = to;
    }
    judge.scheduleWithFixedDelay(guarded(this::judge), JUDGE_MS, JUDGE_MS, TimeUnit.MILLISECONDS);
    judge.scheduleWithFixedDelay(guarded(this::note), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
    look.scheduleWithFixedDelay(guarded(this::look), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
  }

  /** A defect here must neither end the watch nor the run. */
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("Judging the run's health failed", e);
      }
    };
  }

  /** Something happened to the run; from any thread. */
  void on(ProgressEvent event) {
    if (event instanceof ProgressEvent.Health) {
      return; // its own
    }
    execute(
        () -> {
          long nowNs = System.nanoTime();
          monitor.on(new HealthSignal.Happened(event), nowNs);
          board.on(event, Instant.now(), nowNs);
        });
    if (event instanceof ProgressEvent.CheckpointSaved saved) {
      probes.forEach(probe -> probe.onCheckpoint(saved.sizeBytes()));
    } else if (event instanceof ProgressEvent.Ended) {
      close();
    }
  }

  /** A trainer tells of itself; from any thread. */
  void beat(String trainer, Vitals vitals) {
    execute(
        () -> {
          long nowNs = System.nanoTime();
          monitor.on(new HealthSignal.Beat(trainer, vitals), nowNs);
          board.beat(trainer, vitals, nowNs);
        });
  }

  private void execute(Runnable task) {
    try {
      judge.execute(guarded(task));
    } catch (RejectedExecutionException over) {
      LOG.debug("After the end of the run");
    }
  }

  private void look() {
    for (HealthProbe probe : probes) {
      HealthSignal seen = new HealthSignal.Probed(probe.actor(), probe.cause(), probe.look());
      execute(() -> monitor.on(seen, System.nanoTime()));
    }
  }

  private void judge() {
    long nowNs = System.nanoTime();
    Instant now = Instant.now();
    for (Verdict verdict : monitor.judge(nowNs)) {
      LOG.info(
          "{} is {} ({}): {} {}",
          verdict.actor(),
          verdict.state().word(),
          verdict.cause().word(),
          verdict.sentence(),
          verdict.action());
      tell(verdict.event(now, nowNs));
    }
  }

  private synchronized void tell(ProgressEvent event) {
    if (!closed) {
      sink.accept(event);
    }
  }

  private void note() {
    long nowNs = System.nanoTime();
    Instant now = Instant.now();
    List<ProgressEvent.Health> findings =
        monitor.open().stream()
            .filter(verdict -> verdict.state() != HealthState.OK)
            .map(verdict -> verdict.event(now, nowNs))
            .toList();
    RunSnapshot snapshot = board.snapshot(now, nowNs, findings);
    try {
      StatusFile.write(folder, snapshot);
      unwritten = false;
    } catch (IOException e) {
      if (!unwritten) {
        LOG.info("{} cannot be written: {}", StatusFile.of(folder), e.getMessage());
      }
      unwritten = true;
    }
  }

  /** Tells nothing any more; the file is written once more, behind what was handed over. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    look.shutdownNow();
    execute(this::note);
    judge.shutdown();
  }
}
