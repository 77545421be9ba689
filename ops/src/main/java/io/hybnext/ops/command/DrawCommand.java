package io.hybnext.ops.command;

import io.hybnext.actors.checkpoint.CheckpointFolder;
import io.hybnext.ops.evaluation.SamplePictures;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code draw}: a child process of a run. */
@Command(
    name = "draw",
    hidden = true,
    description = "Draw a run's sample pictures from a checkpoint; started by a run.")
public final class DrawCommand extends CheckpointChildCommand {
  @Override
  String work(CheckpointOptions choice) throws Exception {
    Path checkpoint = choice.checkpoint();
    long step = CheckpointFolder.verify(checkpoint).step();
    return Integer.toString(new SamplePictures(choice.runFolder()).draw(checkpoint, step));
  }
}
