package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.config.SettingsException;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.Logs;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.run.TrainerProcess;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code node}: one more trainer for a run that is going on. */
@Command(
    name = "node",
    description = {
      "Join a run as one more trainer: cluster.seed-nodes names its coordinator, run.folder the",
      "folder of the run, which this process must be able to read and write. Ends with the run."
    })
public final class NodeCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Of the trainer, unlike all others of the run; default: node-PID.")
  private String name;

  @Override
  protected void run() throws IOException, InterruptedException {
    HybnextSettings settings = options.load();
    if (settings.cluster().seedNodes().isEmpty()) {
      throw new SettingsException(
          "cluster.seed-nodes",
          "cluster.seed-nodes = []: want host:port of the run's coordinator, which has the port"
              + " that its own cluster.port names");
    }
    String trainer = name == null ? "node-" + ProcessHandle.current().pid() : name;
    RunFile run = RunFile.read(new RunFolder(settings.run().folder()));
    Logs.toRunFolder(settings.run().folder(), trainer);
    console().progress().note(trainer + " joins " + settings.cluster().seedNodes().get(0));
    try (TrainerProcess process = new TrainerProcess(run, 0)) {
      process.train(trainer, System.currentTimeMillis(), settings.cluster().seedNodes().get(0));
    }
    console().result(Map.of("trainer", trainer, "left", true));
  }
}
