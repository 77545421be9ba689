package io.hybnext.ops.command;

import io.hybnext.file.TemporaryFolder;
import io.hybnext.ops.bench.HealthBenchmark;
import io.hybnext.ops.cli.HybnextCommand;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench health}. */
@Command(
    name = "health",
    description =
        "What watching a run costs: processor time that a trainer takes for its vitals, and the"
            + " process that leads for taking them, judging and writing status.json, a second of the"
            + " run; also in percent of one core.")
public final class BenchHealthCommand extends HybnextCommand {
  private static final double US_TO_PERCENT = 1e-4; // of the million microseconds of a second

  @Option(
      names = "--members",
      paramLabel = "N",
      defaultValue = "8",
      description = "Trainers of the run; default: ${DEFAULT-VALUE}.")
  private int members;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "600",
      description = "Seconds of the run, without waits between; default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--steps-per-second",
      paramLabel = "K",
      defaultValue = "4",
      description = "Steps that the run commits a second; default: ${DEFAULT-VALUE}.")
  private int steps;

  @Override
  protected void run() throws IOException {
    want(members >= 1 && members <= 4096, "--members", members, "1 to 4096");
    want(seconds >= 1, "--seconds", seconds, "at least 1");
    want(steps >= 1 && steps <= 1000, "--steps-per-second", steps, "1 to 1000");
    try (TemporaryFolder folder = TemporaryFolder.create("hybnext-bench")) {
      HealthBenchmark.Figures figures =
          new HealthBenchmark(folder.path(), members, steps).measure(seconds);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("members", members);
      result.put("seconds", seconds);
      result.put("trainer_us_per_s", figures.trainerUs());
      result.put("trainer_percent", US_TO_PERCENT * figures.trainerUs());
      result.put("leader_us_per_s", figures.leaderUs());
      result.put("leader_percent", US_TO_PERCENT * figures.leaderUs());
      result.put("leader_percent_of_first_10_s", US_TO_PERCENT * figures.firstLeaderUs());
      result.put("findings", figures.findings());
      console().result(result);
    }
  }
}
