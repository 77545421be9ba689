package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ingest}: decode, tokenise, encode and store images. */
@Command(name = "ingest", description = "Add images to the segment store.")
public final class IngestCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PATH",
      description = "Folder or manifest; default: data.source.")
  private Path source;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`ingest` is not part of this build yet: " + source);
  }
}
