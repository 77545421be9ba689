package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
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
    description =
        "Join a run that is going on as one more trainer of this machine. run.folder names"
            + " the run; its coordinator is found there, or is cluster.seed-nodes. Training goes"
            + " on with one more trainer after a checkpoint, without a step done twice. Ends with"
            + " the run.")
public final class NodeCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Of the trainer, unlike all others of the run; default: node-PID.")
  private String name;

  @Override
  protected boolean takesSignals() {
    return true; // leaves the cluster as the virtual machine shuts down
  }

  @Override
  protected void run() throws IOException, InterruptedException {
    HybnextSettings settings = options.load();
    String trainer = name == null ? "node-" + ProcessHandle.current().pid() : name;
    RunFolder folder = new RunFolder(settings.run().folder());
    RunFile run = RunFile.read(folder);
    String coordinator = coordinator(settings, folder);
    Logs.toRunFolder(settings.run().folder(), trainer);
    console().progress().note(trainer + " joins the run at " + coordinator);
    try (TrainerProcess process = new TrainerProcess(run, 0)) {
      process.train(trainer, System.currentTimeMillis(), coordinator);
    }
    console().result(Map.of("trainer", trainer, "left", true));
  }

  private static String coordinator(HybnextSettings settings, RunFolder folder) throws IOException {
    if (!settings.cluster().seedNodes().isEmpty()) {
      return settings.cluster().seedNodes().get(0);
    }
    String coordinator = folder.coordinator();
    if (coordinator.isEmpty()) {
      throw new CommandFailure(
          "the run in "
              + folder.root()
              + " is not going on; start it with `train` first, or name its coordinator with"
              + " cluster.seed-nodes");
    }
    return coordinator;
  }
}
