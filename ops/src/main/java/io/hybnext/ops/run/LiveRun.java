package io.hybnext.ops.run;

import io.hybnext.actors.cluster.TrainingRun;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The run that this process leads, for those who act on it while it goes on; nothing before it
 * began and after it ended. Thread-safe.
 */
public final class LiveRun {
  private final AtomicReference<TrainingRun> run = new AtomicReference<>();

  /** Nothing runs yet. */
  public LiveRun() {}

  void began(TrainingRun running) {
    run.set(running);
  }

  void ended() {
    run.set(null);
  }

  /** The run, while it goes on. */
  public Optional<TrainingRun> now() {
    return Optional.ofNullable(run.get());
  }
}
