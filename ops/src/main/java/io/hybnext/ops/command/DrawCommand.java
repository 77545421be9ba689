package io.hybnext.ops.command;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.actors.launch.ParentWatch;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.evaluation.SamplePictures;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code draw}: a child process of a run. */
@Command(
    name = "draw",
    hidden = true,
    description = "Draw a run's sample pictures from a checkpoint; started by a run.")
public final class DrawCommand extends HybnextCommand {
  @Mixin private CheckpointOptions choice;

  @Override
  protected boolean takesSignals() {
    return true; // its run ends it
  }

  @Override
  protected void run() throws Exception {
    StopRequest.ignoreInterrupt();
    ParentWatch.start(System.in, () -> Runtime.getRuntime().halt(ExitCode.FAILED));
    Path checkpoint = choice.checkpoint();
    long step = CheckpointFolder.verify(checkpoint).step();
    console().out().println(new SamplePictures(choice.runFolder()).draw(checkpoint, step));
  }
}
