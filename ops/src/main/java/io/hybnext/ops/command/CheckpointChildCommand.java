package io.hybnext.ops.command;

import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.StopRequest;
import picocli.CommandLine.Mixin;

/**
 * A child process that a run starts for one checkpoint. It ends with the run's process, not by
 * Ctrl-C, and its last line on standard output is what the run wants to know.
 */
abstract class CheckpointChildCommand extends HybnextCommand {
  @Mixin private CheckpointOptions choice;

  @Override
  protected final boolean takesSignals() {
    return true; // its run ends it
  }

  @Override
  protected final void run() throws Exception {
    StopRequest.ignoreInterrupt();
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(ExitCode.FAILED));
    console().out().println(work(choice));
  }

  /** Does the work; returns the line for the run. */
  abstract String work(CheckpointOptions choice) throws Exception;
}
