package io.hybnext.tests.recovery;

import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.Workplace;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program of {@code tests/recovery}. */
@Command(
    name = "recovery",
    mixinStandardHelpOptions = true,
    description =
        "Kill trainers of a run and take the time that the others stand still; then replace one"
            + " of two trainers of a network with 100 million parameters and take the time until"
            + " the new one helps. The last line is one JSON object. Exit code 0: median stall at"
            + " most 100 ms, 99th percentile at most 1 s, replacement within 5 s.")
public final class RecoveryCommand implements Callable<Integer> {
  @Mixin private ProgramOptions options;

  private static final int SPARES = 3;
  private static final long LARGE_PARAMETERS = 100_000_000;

  @Option(names = "--kills", defaultValue = "200", description = "Of trainers; 0 for none.")
  private int kills;

  @Option(names = "--rejoins", defaultValue = "3", description = "Replacements; 0 for none.")
  private int rejoins;

  @Option(names = "--members", defaultValue = "3", description = "Trainers besides spare ones.")
  private int members;

  /** Runs it. */
  public static void main(String[] arguments) {
    Programs.run(new RecoveryCommand(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    try (Workplace workplace = options.workplace("recovery");
        Diary diary = options.diary(workplace)) {
      Sandbox.open(diary);
      Path log = workplace.folder().resolve("errors.txt");
      Path base = workplace.folder();
      FleetRun small =
          new FleetRun(
              base, base.resolve("run"), FleetRun.Size.small(12, 200, options.transport("ipc")));
      small.ingest(log);
      diary.show("killing " + kills + " trainers of a small network");
      Kills killing = new Kills(small, log, diary, options.seed());
      Kills.Outcome stalls =
          kills == 0 ? new Kills.Outcome(new double[0], 0) : killing.run(kills, members, SPARES);
      diary.show("replacing trainers of a large network");
      FleetRun large =
          new FleetRun(base, base.resolve("large"), FleetRun.Size.large(options.transport("ipc")));
      double[] seconds = rejoins == 0 ? new double[0] : new Rejoins(large, log, diary).run(rejoins);
      RecoveryReport report =
          new RecoveryReport(
              "recovery",
              options.seed(),
              kills,
              members,
              stalls.medianStepMs(),
              stalls.percentile(0.5),
              stalls.percentile(0.99),
              stalls.percentile(1),
              killing.stage("announceMs"),
              killing.stage("openMs"),
              killing.stage("settleMs"),
              killing.stage("firstStepMs"),
              rejoins == 0 ? 0 : seconds[rejoins / 2],
              rejoins,
              rejoins == 0 ? 0 : LARGE_PARAMETERS);
      System.out.println(report.toJson());
      workplace.keepIf(!report.isKept());
      return report.isKept() ? 0 : 1;
    }
  }
}
