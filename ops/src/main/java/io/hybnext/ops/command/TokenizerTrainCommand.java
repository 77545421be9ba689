package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tokenizer train}. */
@Command(name = "train", description = "Train a VQ tokenizer.")
public final class TokenizerTrainCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`train` is not part of this build yet");
  }
}
