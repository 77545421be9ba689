package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tokenizer check}. */
@Command(name = "check", description = "Reconstruction quality of a VQ tokenizer.")
public final class TokenizerCheckCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`check` is not part of this build yet");
  }
}
