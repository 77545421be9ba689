package io.hybnext.tests.health;

import io.hybnext.streams.ledger.PostgresServer;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.Workplace;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program of {@code tests/health}. */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    description =
        "Inject faults of twelve kinds into the processes of a run, one after the other, and see"
            + " whether it says who and what within 5 s (a slow trainer: 8 s), and nothing while all"
            + " is well. Needs the Debian package postgresql and a JDK of 17 to 20. The last line is"
            + " one JSON object. Exit code 0: at least 97 % right, no false alarm.")
public final class HealthCommand implements Callable<Integer> {
  private static final int DISK_MIB = 640;

  @Mixin private ProgramOptions options;

  @Option(names = "--rounds", defaultValue = "1", description = "Each has every kind once.")
  private int rounds;

  @Option(names = "--calm", defaultValue = "60", description = "Seconds without a fault.")
  private double calmSeconds;

  @Option(names = "--only", split = ",", description = "Kinds: ${COMPLETION-CANDIDATES}.")
  private List<Ailment> only = Arrays.asList(Ailment.values());

  /** Runs it. */
  public static void main(String[] arguments) {
    Programs.run(new HealthCommand(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    try (Workplace workplace = options.workplace("health");
        Diary diary = options.diary(workplace);
        PostgresServer database =
            PostgresServer.start()
                .orElseThrow(() -> new IOException("install the Debian package postgresql"))) {
      List<String> more = List.of("ledger.url=" + database.url(), "ledger.user=hybnext");
      FleetRun.Size size = FleetRun.Size.small(8, 200, options.transport("ipc"));
      FleetRun run = new FleetRun(workplace.folder(), workplace.folder("run"), size, more);
      boolean disk = Sandbox.open(diary).mountDisk(run.folder(), DISK_MIB);
      Ward ward = new Ward(run, database, disk, diary, options.seed());
      HealthReport report = ward.run(rounds, calmSeconds, only);
      System.out.println(report.toJson());
      workplace.keepIf(!report.isKept());
      return report.isKept() ? 0 : 1;
    }
  }
}
