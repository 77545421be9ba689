package io.hybnext.tests.equality;

import io.hybnext.actors.exchange.driver.MediaDriverHost;
import io.hybnext.ops.intake.StreamSystem;
import io.hybnext.ops.run.LocalRun;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.Workplace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program of {@code tests/elastic-equality}. */
@Command(
    name = "elastic-equality",
    mixinStandardHelpOptions = true,
    description =
        "Train the same small network again and again with 1 to 8 trainers, some of which join"
            + " late, fail or are held still at random steps, and compare the weights at the end"
            + " with those of one undisturbed trainer. Some schedules run with a process a trainer,"
            + " which is killed or stopped; the others with threads of this process for the same"
            + " coordinator, cluster, exchange and network, where an exception stands for a kill and"
            + " a slow call for a stop. The last line is one JSON object. Exit code 0: no bit"
            + " differs.")
public final class EqualityCommand implements Callable<Integer> {
  @Mixin private ProgramOptions options;

  private static final int MICROSHARDS = 8; // one for each of the most members
  private static final MemberSchedule ALONE = new MemberSchedule(1, 0, List.of());

  @Option(names = "--schedules", defaultValue = "100", description = "Runs to compare.")
  private int schedules;

  @Option(
      names = "--processes",
      defaultValue = "8",
      description = "How many of them with a process a trainer.")
  private int processes;

  @Option(
      names = "--together",
      defaultValue = "2",
      description = "How many of the others run at a time.")
  private int together;

  @Option(names = "--steps", defaultValue = "40", description = "Of each run.")
  private long steps;

  /** Runs it. */
  public static void main(String[] arguments) {
    Programs.run(new EqualityCommand(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    try (Workplace workplace = options.workplace("equality");
        Diary diary = options.diary(workplace)) {
      Sandbox.open(diary);
      Path base = workplace.folder();
      Path log = base.resolve("errors.txt");
      FleetRun.Size size =
          FleetRun.Size.small(MICROSHARDS, (int) steps / 3, options.transport("ipc"));
      FleetRun twin = new FleetRun(base, base.resolve("twin"), size);
      twin.ingest(log);
      new ScheduledRun(twin, log, diary).run(ALONE, steps);
      Tally tally = new Tally(twin.weights(steps), steps);
      int ofProcesses = Math.min(processes, schedules);
      for (int number = 0; number < ofProcesses; number++) {
        runProcesses(twin.other("run-" + number), log, diary, number, tally);
      }
      runThreads(twin, ofProcesses, diary, tally);
      EqualityReport report = tally.report(options.seed(), schedules, ofProcesses);
      System.out.println(report.toJson());
      workplace.keepIf(!report.isKept());
      return report.isKept() ? 0 : 1;
    }
  }

  private void runProcesses(FleetRun run, Path log, Diary diary, int number, Tally tally)
      throws IOException, InterruptedException {
    MemberSchedule schedule = MemberSchedule.of(options.seed(), number, steps);
    ScheduledRun scheduled = new ScheduledRun(run, log, diary);
    scheduled.run(schedule, steps);
    String weights = run.weights(steps);
    boolean same = tally.add(number, weights, run.journal(), scheduled.kills(), scheduled.pauses());
    tell(diary, number, "processes", schedule, same);
  }

  private void runThreads(FleetRun twin, int from, Diary diary, Tally tally) throws Exception {
    Path aeron = LocalRun.aeronFolder(UUID.randomUUID().toString());
    ExecutorService pool = Executors.newFixedThreadPool(together);
    try (MediaDriverHost driver = MediaDriverHost.launch(aeron);
        StreamSystem streams = new StreamSystem("equality-batches")) {
      TrainingInputs inputs = TrainingInputs.of(twin.folder(), streams);
      List<Future<?>> runs = new ArrayList<>();
      for (int number = from; number < schedules; number++) {
        int own = number;
        Path folder = twin.base().resolve("run-" + number);
        runs.add(
            pool.submit(
                () -> {
                  runThreads(inputs, folder, aeron, own, diary, tally);
                  return null;
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof IOException sentence ? sentence : failed;
    } finally {
      pool.shutdownNow();
    }
  }

  private void runThreads(
      TrainingInputs inputs, Path folder, Path aeron, int number, Diary diary, Tally tally)
      throws IOException, InterruptedException {
    MemberSchedule schedule = MemberSchedule.of(options.seed(), number, steps);
    ThreadRun run = new ThreadRun(inputs, folder, aeron, schedule);
    String weights = FleetRun.weightsIn(run.run(steps));
    Path journal = folder.resolve("run.jsonl");
    boolean same = tally.add(number, weights, journal, run.kills(), run.pauses());
    tell(diary, number, "threads", schedule, same);
  }

  private static void tell(
      Diary diary, int number, String how, MemberSchedule schedule, boolean same) {
    diary.show(number + ", " + how + ": " + schedule + (same ? "" : " DIFFERS"));
  }
}
