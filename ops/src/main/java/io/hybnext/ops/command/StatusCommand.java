package io.hybnext.ops.command;

import io.hybnext.actors.health.RunSnapshot;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.ops.cli.ExitCode;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.health.RunStatus;
import io.hybnext.ops.health.StatusText;
import io.hybnext.ops.run.RunFolder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code status}: what a run does now. */
@Command(
    name = "status",
    description =
        "Tell what a run does now: members, step, losses, checkpoint, and what is wrong. Reads the"
            + " run's folder, from any machine that sees it, also when the run is over or dead.")
public final class StatusCommand extends HybnextCommand {
  @Mixin private SettingsOptions options;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RUN",
      description = "Folder of the run. Default: run.folder of the settings.")
  private Path folder;

  @Option(
      names = "--check",
      description = "End with exit code 1 unless nothing is wrong and it goes on, or ended well.")
  private boolean check;

  private boolean well = true;

  @Override
  protected void run() {
    Path root = folder == null ? options.load().run().folder() : folder;
    Instant now = Instant.now();
    RunStatus status = RunStatus.read(new RunFolder(root), now);
    well = status.isWell();
    if (console().json()) {
      console().result(describe(status));
    } else {
      StatusText.of(status, now).forEach(console().out()::println);
    }
  }

  @Override
  protected int exitCode() {
    return check && !well ? ExitCode.FAILED : ExitCode.DONE;
  }

  private static Map<String, Object> describe(RunStatus status) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("run", status.run());
    result.put("folder", status.folder().root().toString());
    result.put("life", status.life().word());
    result.put("since", status.since().map(Instant::toString).orElse(""));
    result.put("outcome", status.outcome());
    result.put("well", status.isWell());
    result.put("step", status.committed());
    status.snapshot().ifPresent(snapshot -> describe(snapshot, result));
    result.put("health", status.findings().stream().map(StatusCommand::describe).toList());
    return result;
  }

  private static void describe(RunSnapshot run, Map<String, Object> result) {
    result.put("phase", run.phase().name().toLowerCase(Locale.ROOT));
    result.put("told_at", run.at());
    result.put("process", run.process());
    result.put("generation", run.generation());
    result.put("steps", run.steps());
    result.put("nll", run.progress().nll());
    result.put("gva", run.progress().gva());
    result.put("z_loss", run.progress().zLoss());
    result.put("gradient_norm", run.progress().gradientNorm());
    result.put("learning_rate", run.progress().learningRate());
    result.put("tokens_per_s", run.progress().tokensPerSecond());
    result.put("step_s", run.progress().secondsPerStep());
    result.put("eta_s", run.progress().etaSeconds());
    RunSnapshot.Checkpoint checkpoint = run.checkpoint();
    if (checkpoint != null) {
      result.put("checkpoint_step", checkpoint.step());
      result.put("checkpoint_at", checkpoint.at());
      result.put("checkpoint", checkpoint.folder());
    }
    result.put("members", run.members().stream().map(StatusCommand::describe).toList());
  }

  private static Map<String, Object> describe(RunSnapshot.Member member) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("trainer", member.trainer());
    fields.put("rank", member.rank());
    fields.put("state", member.state());
    fields.put("place", member.place());
    fields.put("microshards", member.microshards());
    fields.put("tokens_per_s", member.tokensPerSecond());
    fields.put("compute_ms", member.computeMs());
    fields.put("exchange_ms", member.exchangeMs());
    fields.put("data_wait_ms", member.dataWaitMs());
    fields.put("straggler", member.straggler());
    Vitals vitals = member.vitals();
    if (vitals != null) {
      fields.put("doing", vitals.doing().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      fields.put("doing_ms", vitals.doingMs());
      fields.put("waits_for", vitals.waitsFor());
      fields.put("step", vitals.step());
      fields.put("told_ms_ago", member.toldMs());
      fields.put("resident_bytes", vitals.memory().residentBytes());
    }
    return fields;
  }

  private static Map<String, Object> describe(ProgressEvent.Health finding) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("actor", finding.actor());
    fields.put("state", finding.state().word());
    fields.put("cause", finding.cause());
    fields.put("sentence", finding.sentence());
    fields.put("action", finding.action());
    fields.put("since", finding.since());
    return fields;
  }
}
