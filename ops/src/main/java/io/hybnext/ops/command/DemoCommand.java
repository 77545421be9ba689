package io.hybnext.ops.command;

import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.HybnextCommand;
import io.hybnext.ops.cli.Logs;
import io.hybnext.ops.cli.SettingsOptions;
import io.hybnext.ops.cli.StopRequest;
import io.hybnext.ops.demo.Demo;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: ingest, train, draw, measure, report. */
@Command(
    name = "demo",
    description =
        "The main job on the bundled X-rays, end to end: tokens and features of 2,321"
            + " images, two trainers, checkpoints, pictures, NLL and KID, and one page about it,"
            + " report.html. The same command again goes on where it was stopped.")
public final class DemoCommand extends HybnextCommand {
  private static final int DEFAULT_TRAINERS = 2;

  @Spec private CommandSpec usage;

  @Mixin private SettingsOptions settings;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run and its report.html; default: hybnext-demo.")
  private Path out;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description =
          "Does as many steps as leave time to be done within M minutes; default: all steps.")
  private Double minutes;

  @Option(names = "--trainers", paramLabel = "N", description = "Trainer processes; default: 2.")
  private Integer trainers;

  @Option(
      names = "--threads",
      paramLabel = "K",
      description = "Intra-op threads of each; default: the processor's cores shared out.")
  private Integer threads;

  @Override
  protected void run() throws Exception {
    if (minutes != null && !(minutes > 0)) {
      throw new ParameterException(
          usage.commandLine(), "--minutes = " + minutes + ": want more than 0");
    }
    Map<String, String> given = new LinkedHashMap<>();
    if (out != null) {
      given.put("run.folder", out.toString());
      given.put("data.store", out.resolve("store").toString());
    }
    if (trainers != null) {
      given.put("trainers.count", trainers.toString());
    }
    int cores = Runtime.getRuntime().availableProcessors();
    int share = Math.max(1, cores / (trainers == null ? DEFAULT_TRAINERS : trainers));
    given.put("trainers.threads", Integer.toString(threads == null ? share : threads));
    HybnextSettings effective = settings.load("demo", given);
    Logs.toRunFolder(effective.run(), "coordinator");
    StopRequest stop = StopRequest.onSignals(console().err());
    Duration limit = minutes == null ? null : Duration.ofMillis((long) (minutes * 60_000));
    Instant started = ProcessHandle.current().info().startInstant().orElseGet(Instant::now);
    console().result(new Demo(effective, console().progress(), stop, limit, started).run());
  }
}
