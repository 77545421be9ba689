package io.hybnext.actors.launch;

import java.time.Duration;
import java.util.List;

/** Starts and ends trainer processes for the coordinator. Thread-safe. */
public interface TrainerLauncher extends AutoCloseable {

  /** Names of the trainers that it can start; empty when all trainers come by themselves. */
  List<String> trainers();

  /**
   * Starts a trainer; returns at once.
   *
   * @param trainer one of {@link #trainers}
   * @param incarnation the process passes it on when it joins
   * @param coordinator {@code host:port} to join
   * @param onExit told once when the process ended or could not be started
   */
  void start(String trainer, long incarnation, String coordinator, ExitListener onExit);

  /** Ends a process at once, if it still runs. */
  void kill(String trainer, long incarnation);

  /**
   * Waits until no process runs any more.
   *
   * @return false when some still do after this time
   */
  boolean awaitExit(Duration time) throws InterruptedException;

  /** Ends every process at once. */
  @Override
  void close();

  /** Hears of the end of a process. */
  @FunctionalInterface
  interface ExitListener {
    /**
     * A process ended.
     *
     * @param reason one sentence: which one, how, and where its log is
     */
    void exited(String trainer, long incarnation, String reason);
  }

  /** Starts nothing: trainers are started elsewhere and join by themselves. */
  static TrainerLauncher none() {
    return new TrainerLauncher() {
      @Override
      public List<String> trainers() {
        return List.of();
      }

      @Override
      public void start(String trainer, long incarnation, String coordinator, ExitListener exit) {
        throw new IllegalArgumentException("cannot start " + trainer);
      }

      @Override
      public void kill(String trainer, long incarnation) {}

      @Override
      public boolean awaitExit(Duration time) {
        return true;
      }

      @Override
      public void close() {}
    };
  }
}
