package io.hybnext.ops.cli;

import io.hybnext.gpu.TorchEngine;
import java.io.PrintStream;

/**
 * Ctrl-C and SIGTERM in commands that have nothing to finish: the work fails at its next kernel
 * call or wait, cleans up after itself, and the process ends with {@link ExitCode#INTERRUPTED}. The
 * second signal ends the process at once. Commands that end in good order take the signals
 * themselves, see {@link StopRequest}.
 */
public final class Interruption {
  private volatile boolean happened;

  /** Nothing listens until {@link #interrupt}. */
  public Interruption() {}

  /**
   * Listens to the signals of this process from now on.
   *
   * @param worker the thread that runs the command
   */
  void interrupt(Thread worker, PrintStream err) {
    StopRequest.handle(
        signal -> {
          if (happened) {
            StopRequest.endAtOnce(err);
          }
          happened = true;
          err.println("hybnext: ending; Ctrl-C again ends at once");
          TorchEngine.stopCalls();
          worker.interrupt();
        });
  }

  /** Whether a signal came, so that any failure of the command is its doing. */
  public boolean happened() {
    return happened;
  }
}
