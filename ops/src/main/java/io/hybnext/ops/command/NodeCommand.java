package io.hybnext.ops.command;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code node}: joins a cluster from this machine. */
@Command(name = "node", description = "Join a cluster as trainer or coordinator.")
public final class NodeCommand extends HybnextCommand {
  @Mixin private SettingsOptions settings;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "trainer",
      description = "trainer or coordinator.")
  private String role;

  @Override
  protected void run() {
    settings.load();
    throw new CommandFailure("`node` is not part of this build yet: " + role);
  }
}
