package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench pipeline}. */
@Command(name = "pipeline", description = "Ingestion: images a second, by stage and end to end.")
public final class BenchPipelineCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`pipeline` is not part of this build yet");
  }
}
