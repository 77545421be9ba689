package io.hybnext.actors.cluster;

import io.hybnext.actors.health.ActorReport;
import io.hybnext.actors.health.DiskProbe;
import io.hybnext.actors.health.HealthMonitor;
import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.health.HealthSignal;
import io.hybnext.actors.health.Pulse;
import io.hybnext.actors.health.RunBoard;
import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.StatusFile;
import io.hybnext.actors.health.Verdict;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
  private static final long HELD_NS = 2_000_000_000L; // this process stood still
  private static final Duration ALIVE = Duration.ofSeconds(4);
  private static final Duration DISK = Duration.ofSeconds(60);

  private final Path folder;
  private final HealthMonitor monitor;
  private final RunBoard board;
  private final List<HealthProbe> probes = new CopyOnWriteArrayList<>();
  private final List<Pulse> pulses = new CopyOnWriteArrayList<>();
  private final Pulse coordinator =
      new Pulse(
          "coordinator",
          ALIVE,
          "See logs/coordinator.log; end the process if it hangs, one that stands by takes over.");
  private final Pulse journal = pulse("journal");
  private final Pulse store = pulse("checkpoint store");
  private final ScheduledExecutorService judge = thread("run-health");
  private final ScheduledExecutorService look = thread("run-probes");
  private Consumer<ProgressEvent> sink = event -> {};
  private boolean closed; // guarded by this: nothing is told after the run's end
  private boolean unwritten; // of the judge's thread, as the next
  private long judgedNs;
  private long quietUntilNs = System.nanoTime();

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
    others.forEach(this::watch);
    pulses.addAll(List.of(coordinator, journal, store));
  }

  private static Pulse pulse(String actor) {
    return new Pulse(actor, DISK, "Look at the disk or network of run.folder; training goes on.");
  }

  /** Looks at something more from now on. */
  void watch(HealthProbe more) {
    if (more instanceof Pulse pulse) {
      pulses.add(pulse);
    } else {
      probes.add(more);
    }
  }

  /** Of the actor that decides over the run. */
  Pulse coordinator() {
    return coordinator;
  }

  /** Of whoever notes and tells events. */
  Pulse journal() {
    return journal;
  }

  /** Of whoever publishes checkpoints. */
  Pulse store() {
    return store;
  }

  /** This process leads a run that another one led, and tells of what that one found. */
  void takesOver() {
    execute(
        () -> {
          long nowNs = System.nanoTime();
          Optional<RunSnapshot> last = lastTold();
          List<Verdict> found = new ArrayList<>();
          last.ifPresent(
              snapshot ->
                  snapshot.findings().forEach(f -> Verdict.of(f, nowNs).ifPresent(found::add)));
          monitor.resume(found, nowNs);
          String former = last.map(told -> "process " + told.process()).orElse("unknown");
          monitor.on(new HealthSignal.TookOver(former), nowNs);
        });
  }

  private Optional<RunSnapshot> lastTold() {
    try {
      return StatusFile.read(folder);
    } catch (IOException e) {
      LOG.info("{} cannot be read: {}", StatusFile.of(folder), e.getMessage());
      return Optional.empty();
    }
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
      List<HealthSignal.Stage> stages = probe.stages();
      execute(
          () -> {
            long nowNs = System.nanoTime();
            monitor.on(seen, nowNs);
            stages.forEach(stage -> monitor.on(stage, nowNs));
          });
    }
  }

  /**
   * Whether this process stood still a moment ago, so that what it knows of others is old: their
   * messages are read first.
   */
  private boolean stoodStill(long nowNs) {
    if (judgedNs != 0 && nowNs - judgedNs > HELD_NS) {
      quietUntilNs = nowNs + HELD_NS;
    }
    judgedNs = nowNs;
    return nowNs - quietUntilNs < 0;
  }

  private void judge() {
    long nowNs = System.nanoTime();
    Instant now = Instant.now();
    if (stoodStill(nowNs)) {
      return;
    }
    for (Pulse pulse : pulses) {
      monitor.on(new HealthSignal.Probed(pulse.actor(), pulse.cause(), pulse.look()), nowNs);
    }
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
    List<ActorReport> actors = new ArrayList<>();
    pulses.forEach(pulse -> pulse.report().ifPresent(actors::add));
    RunSnapshot snapshot = board.snapshot(now, nowNs, actors, findings);
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
