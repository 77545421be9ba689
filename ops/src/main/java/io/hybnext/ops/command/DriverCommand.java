package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code driver}: the media driver process. */
@Command(
    name = "driver",
    hidden = true,
    description = "Aeron media driver of this host, started by a run.")
public final class DriverCommand extends HybnextCommand {
  @Option(names = "--folder", paramLabel = "DIR", required = true, description = "Aeron directory.")
  private Path folder;

  @Override
  protected void run() {
    throw new CommandFailure("`driver` is not part of this build yet: " + folder);
  }
}
