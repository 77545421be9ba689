package io.hybnext.ops.command;

import io.hybnext.actors.run.RunReport;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.Logs;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.dashboard.RunDashboard;
import io.hybnext.ops.run.LiveRun;
import io.hybnext.ops.run.RunProgress;
import io.hybnext.ops.run.TrainJob;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code train}: starts or resumes a run. */
@Command(
    name = "train",
    description =
        "Start or resume a run: ingest what is not stored yet, start trainers, train to the last"
            + " step. A folder that holds checkpoints of the same settings is gone on with. Ctrl-C"
            + " writes a checkpoint and ends; the same command goes on.")
public final class TrainCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Override
  protected void run() throws IOException, InterruptedException {
    HybnextSettings settings = options.load();
    Logs.toRunFolder(settings.run(), "coordinator");
    StopRequest stop = StopRequest.onSignals(console().err());
    LiveRun live = new LiveRun();
    TrainJob job = new TrainJob(settings, console().progress(), live);
    TrainJob.Outcome outcome;
    try (RunDashboard page = RunDashboard.open(settings, live, console().progress())) {
      outcome = job.run(stop.whenAsked());
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("folder", settings.run().folder().toString());
    outcome.ingest().ifPresent(ingest -> result.put("stored", ingest.stored()));
    outcome.run().ifPresent(run -> describe(run, result));
    console().result(result);
  }

  @Override
  protected boolean takesSignals() {
    return true;
  }

  private static void describe(RunReport run, Map<String, Object> result) {
    if (run.outcome() == RunReport.Outcome.FAILED) {
      throw new CommandFailure(RunProgress.sentence(run));
    }
    result.put("outcome", run.outcome().name().toLowerCase(Locale.ROOT));
    result.put("steps", run.step());
    result.put("checkpoint", run.checkpoint());
    result.put("generations", run.generations());
    result.put("restarts", run.restarts());
    result.put("not_applied", run.notApplied());
  }
}
