package io.hybnext.ops.run;

import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.health.HealthProbe;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The run that this process leads, for those who act on it while it goes on; nothing before it
 * began and after it ended. Thread-safe.
 */
public final class LiveRun {
  private final AtomicReference<TrainingRun> run = new AtomicReference<>();
  private final List<HealthProbe> watched = new CopyOnWriteArrayList<>();

  /** Nothing runs yet. */
  public LiveRun() {}

  void began(TrainingRun running) {
    run.set(running);
    watched.forEach(running::watch);
  }

  /** Has something looked at for the run's health whenever it goes on here. */
  public void watch(HealthProbe more) {
    watched.add(more);
    now().ifPresent(running -> running.watch(more));
  }

  void ended() {
    run.set(null);
  }

  /** The run, while it goes on. */
  public Optional<TrainingRun> now() {
    return Optional.ofNullable(run.get());
  }
}
