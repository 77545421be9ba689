package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bench generate}. */
@Command(name = "generate", description = "Sampling: tokens a second.")
public final class BenchGenerateCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`generate` is not part of this build yet");
  }
}
