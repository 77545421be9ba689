package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate}: measures a checkpoint. */
@Command(name = "evaluate", description = "Measure a checkpoint on held-out images: NLL, FID, KID.")
public final class EvaluateCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint; default: the newest of run.folder.")
  private Path checkpoint;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`evaluate` is not part of this build yet: " + checkpoint);
  }
}
