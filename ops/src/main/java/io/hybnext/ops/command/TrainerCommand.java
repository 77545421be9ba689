package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code trainer}: a child process of a run. */
@Command(name = "trainer", hidden = true, description = "One trainer process, started by a run.")
public final class TrainerCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`trainer` is not part of this build yet");
  }
}
