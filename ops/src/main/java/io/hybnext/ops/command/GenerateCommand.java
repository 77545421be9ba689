package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code generate}: PNG pictures and a grid of captions. */
@Command(name = "generate", description = "Draw pictures from a checkpoint.")
public final class GenerateCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Checkpoint; default: the newest of run.folder.")
  private Path checkpoint;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      required = true,
      description = "Caption; repeat for more.")
  private List<String> prompts;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "4",
      description = "Pictures a prompt; default: 4.")
  private int count;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "pictures",
      description = "Folder of the PNG files; default: pictures.")
  private Path out;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure(
        "`generate` is not part of this build yet: "
            + checkpoint
            + ", "
            + prompts
            + ", "
            + count
            + ", "
            + out);
  }
}
