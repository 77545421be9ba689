package io.hybnext.tests.chaos;

import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.Workplace;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program of {@code tests/chaos}. */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    description =
        "Train with several processes while a seeded schedule kills, stops, cuts off and adds"
            + " some of them; then compare with a run that nobody disturbed. The last line is one"
            + " JSON object. Exit code 0: nothing lost, nothing counted twice, same bytes.")
public final class ChaosCommand implements Callable<Integer> {
  @Mixin private ProgramOptions options;

  private static final int DISK_MIB = 192;

  @Option(names = "--minutes", defaultValue = "10", description = "Under faults.")
  private double minutes;

  @Option(names = "--members", defaultValue = "8", description = "Trainers.")
  private int members;

  @Option(names = "--every", defaultValue = "10", description = "Seconds between faults.")
  private double everySeconds;

  @Option(
      names = "--goodput-at-least",
      defaultValue = "0.97",
      description = "Less is a broken promise; 0 on machines that do other things.")
  private double leastGoodput;

  /** Runs it. */
  public static void main(String[] arguments) {
    Programs.run(new ChaosCommand(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    try (Workplace workplace = options.workplace("chaos");
        Diary diary = options.diary(workplace)) {
      Sandbox sandbox = Sandbox.open(diary);
      FleetRun.Size size = FleetRun.Size.small(12, 40, options.transport("udp"));
      FleetRun run = new FleetRun(workplace.folder(), workplace.folder("run"), size);
      Chaos.Settings settings =
          new Chaos.Settings(
              options.seed(),
              Duration.ofMillis((long) (minutes * 60_000)),
              Duration.ofMillis((long) (everySeconds * 1000)),
              members,
              size,
              DISK_MIB);
      ChaosReport report =
          new Chaos(settings, run, workplace.folder().resolve("errors.txt"), diary, sandbox).run();
      System.out.println(report.toJson());
      boolean kept = report.isKept(leastGoodput);
      workplace.keepIf(!kept);
      return kept ? 0 : 1;
    }
  }
}
