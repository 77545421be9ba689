package io.hybnext.ops.command;

import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.Logs;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.home.Home;
import io.hybnext.ops.run.NodeService;
import io.hybnext.ops.run.RunFile;
import io.hybnext.ops.run.RunFolder;
import io.hybnext.ops.run.RunProgress;
import io.hybnext.ops.run.StandbyService;
import java.io.IOException;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code node}: one more trainer, or one more coordinator, for a run that is going on. */
@Command(
    name = "node",
    description =
        "Join a run that is going on as one more trainer of this machine. run.folder names the"
            + " run; its coordinator is found there, or is cluster.seed-nodes. The trainer gets"
            + " what it needs from the others between two steps; no step is done twice. Ends with"
            + " the run; when the process that leads it is lost and the run is started again, joins"
            + " that. Ctrl-C, or SIGTERM, lets the others go on without it between two steps,"
            + " and ends it then with exit code 0; the second one ends it at once. With"
            + " --coordinator it trains nothing and stands by: when the process that leads the run"
            + " ends, it takes over, and the trainers that are left go on from what"
            + " they hold. Ctrl-C leaves.")
public final class NodeCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Of the trainer, unlike all others of the run; default: node-PID.")
  private String name;

  @Option(names = "--coordinator", description = "Stand by as coordinator instead of training.")
  private boolean standBy;

  @Override
  protected boolean takesSignals() {
    return true; // leaves in good order
  }

  @Override
  protected void run() throws IOException, InterruptedException {
    HybnextSettings settings = options.load();
    String trainer = name == null ? "node-" + ProcessHandle.current().pid() : name;
    RunFolder folder = new RunFolder(settings.run().folder());
    String run =
        RunFile.read(folder).run(); // refuses a folder without a run before anything is joined
    String coordinator = coordinator(settings, folder);
    Logs.field("run", run);
    Logs.toRunFolder(settings.run(), trainer);
    if (standBy) {
      standBy(settings, folder, coordinator);
    } else {
      train(settings, folder, trainer, coordinator);
    }
  }

  private void standBy(HybnextSettings settings, RunFolder folder, String coordinator)
      throws InterruptedException {
    StopRequest stop = StopRequest.onSignals(console().err());
    console().progress().note("standing by as coordinator of the run at " + coordinator);
    Optional<RunReport> report =
        new StandbyService(folder, settings, new RunProgress(console().progress()))
            .run(coordinator, Home.current().commit(), stop.whenAsked());
    console()
        .result(
            report
                .map(of -> Map.<String, Object>of("left", false, "outcome", outcome(of)))
                .orElse(Map.of("left", true)));
  }

  private static String outcome(RunReport report) {
    return report.outcome().name().toLowerCase(Locale.ROOT);
  }

  private void train(HybnextSettings settings, RunFolder folder, String trainer, String coordinator)
      throws InterruptedException {
    StopRequest stop = StopRequest.onSignals(console().err());
    console().progress().note(trainer + " joins the run at " + coordinator);
    new NodeService(folder, settings, Clock.systemUTC(), console().progress()::note)
        .run(trainer, coordinator, stop.whenAsked().thenApply(asked -> "asked to leave"));
    if (stop.asked()) {
      console().progress().note(trainer + " left; the others go on without it");
    }
    console().result(Map.of("trainer", trainer, "left", true, "asked", stop.asked()));
  }

  private static String coordinator(HybnextSettings settings, RunFolder folder) throws IOException {
    if (!settings.cluster().seedNodes().isEmpty()) {
      return settings.cluster().seedNodes().get(0);
    }
    String coordinator = folder.coordinator();
    if (coordinator.isEmpty() && settings.cluster().bootstrap().isOn()) {
      return settings.cluster().host() + ":" + settings.cluster().port(); // others may find it
    }
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
