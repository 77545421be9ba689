package io.hybnext.tests.soak;

import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.Workplace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program of {@code tests/soak}. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description =
        "Train undisturbed with several processes and look whether memory, native arrays, file"
            + " handles, threads or shared memory grow. The last line is one JSON object: each"
            + " quantity with its slope, the noise of that, and whether it is flat. Exit code 0:"
            + " all are.")
public final class SoakCommand implements Callable<Integer> {
  @Mixin private ProgramOptions options;

  private static final long START_LIMIT_MS = 300_000;
  private static final int SAMPLES = 240;
  private static final double LEAST_INTERVAL_S = 5;

  @Option(names = "--minutes", defaultValue = "60", description = "Measured.")
  private double minutes;

  @Option(names = "--members", defaultValue = "3", description = "Trainers.")
  private int members;

  /** Runs it. */
  public static void main(String[] arguments) {
    Programs.run(new SoakCommand(), arguments);
  }

  @Override
  public Integer call() throws Exception {
    try (Workplace workplace = options.workplace("soak");
        Diary diary = options.diary(workplace)) {
      Sandbox.open(diary);
      Path base = workplace.folder();
      Path log = base.resolve("errors.txt");
      FleetRun run =
          new FleetRun(
              base, base.resolve("run"), FleetRun.Size.small(12, 200, options.transport("ipc")));
      run.ingest(log);
      SoakReport report;
      try (Fleet fleet = new Fleet(run, log, diary)) {
        fleet.lead(1, 0);
        fleet.awaitMembers(1, START_LIMIT_MS);
        for (int i = 1; i < members; i++) {
          fleet.join();
        }
        fleet.awaitMembers(members, START_LIMIT_MS);
        diary.show(members + " trainers train; warming up");
        TimeUnit.MILLISECONDS.sleep((long) (minutes * 60_000 / 5));
        diary.show("measuring");
        report = measure(fleet, diary);
      }
      System.out.println(report.toJson());
      workplace.keepIf(!report.isKept());
      return report.isKept() ? 0 : 1;
    }
  }

  private SoakReport measure(Fleet fleet, Diary diary) throws IOException, InterruptedException {
    double intervalS = Math.max(LEAST_INTERVAL_S, minutes * 60 / SAMPLES);
    List<ProcessGauge> samples = new ArrayList<>();
    long startNs = System.nanoTime();
    long endNs = startNs + (long) (minutes * 60e9);
    while (System.nanoTime() - endNs < 0 || samples.size() < Slope.BLOCKS) {
      long dueNs = startNs + (long) (samples.size() * intervalS * 1e9);
      TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNs - System.nanoTime()));
      ProcessGauge sample = ProcessGauge.of(processes());
      samples.add(sample);
      diary.note(sample.toString());
    }
    intervalS = (System.nanoTime() - startNs) / 1e9 / samples.size(); // a busy machine is late
    return new SoakReport(
        "soak",
        (System.nanoTime() - startNs) / 60e9,
        members,
        fleet.commits().steps(),
        samples.size(),
        slope(samples, ProcessGauge::rssMib, intervalS),
        slope(samples, ProcessGauge::nativeArrays, intervalS),
        slope(samples, ProcessGauge::handles, intervalS),
        slope(samples, ProcessGauge::threads, intervalS),
        slope(samples, ProcessGauge::sharedMib, intervalS));
  }

  private static Slope slope(
      List<ProcessGauge> samples, ToDoubleFunction<ProcessGauge> of, double intervalS) {
    return Slope.of(samples.stream().mapToDouble(of).toArray(), intervalS);
  }

  /** Coordinator, trainers and media driver. */
  private static List<Long> processes() {
    return ProcessHandle.current()
        .descendants()
        .filter(ProcessHandle::isAlive)
        .map(ProcessHandle::pid)
        .toList();
  }
}
