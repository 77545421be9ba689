package io.hybnext.tests.soak;

import io.hybnext.actors.journal.RunJournal;
import io.hybnext.tests.fleet.CheckpointPauses;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.ProgramOptions;
import io.hybnext.tests.fleet.Programs;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
            + " quantity with its slope, the noise of that, and whether it is flat, memory also by process,"
            + " and for how long checkpoints hold steps up. Exit code 0: all are flat, and that is"
            + " at most 1 % of the time with a checkpoint every 30 s.")
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
        report = measure(fleet, run, diary);
      }
      System.out.println(report.toJson());
      workplace.keepIf(!report.isKept());
      return report.isKept() ? 0 : 1;
    }
  }

  private SoakReport measure(Fleet fleet, FleetRun run, Diary diary)
      throws IOException, InterruptedException {
    double intervalS = Math.max(LEAST_INTERVAL_S, minutes * 60 / SAMPLES);
    List<Long> processes = processes();
    List<List<ProcessGauge>> samples = new ArrayList<>();
    List<Double> shared = new ArrayList<>();
    long startNs = System.nanoTime();
    long endNs = startNs + (long) (minutes * 60e9);
    while (System.nanoTime() - endNs < 0 || samples.size() < Slope.BLOCKS) {
      long dueNs = startNs + (long) (samples.size() * intervalS * 1e9);
      TimeUnit.NANOSECONDS.sleep(Math.max(0, dueNs - System.nanoTime()));
      List<ProcessGauge> sample = ProcessGauge.of(processes);
      samples.add(sample);
      shared.add(ProcessGauge.sharedMemoryMib());
      diary.note(sample.toString());
    }
    long tookNs = System.nanoTime() - startNs;
    Lines lines = new Lines(samples, tookNs / 1e9 / samples.size()); // a busy machine is late
    CheckpointPauses pauses = CheckpointPauses.of(RunJournal.read(run.journal()));
    return new SoakReport(
        "soak",
        tookNs / 60e9,
        members,
        fleet.commits().steps(),
        samples.size(),
        lines.of(ProcessGauge::rssMib),
        lines.of(ProcessGauge::nativeArrays),
        lines.of(ProcessGauge::handles),
        lines.of(ProcessGauge::threads),
        Slope.of(shared.stream().mapToDouble(Double::doubleValue).toArray(), lines.intervalS()),
        pauses,
        pauses.share(),
        lines.memory(processes));
  }

  /** Fits lines through samples of the same processes, in the same order. */
  private record Lines(List<List<ProcessGauge>> samples, double intervalS) {

    Slope of(ToDoubleFunction<ProcessGauge> quantity) {
      return fit(sample -> sample.stream().mapToDouble(quantity).sum());
    }

    private Slope of(int index, ToDoubleFunction<ProcessGauge> quantity) {
      return fit(sample -> quantity.applyAsDouble(sample.get(index)));
    }

    private Slope fit(ToDoubleFunction<List<ProcessGauge>> value) {
      return Slope.of(samples.stream().mapToDouble(value).toArray(), intervalS);
    }

    List<MemberMemory> memory(List<Long> processes) throws IOException {
      List<MemberMemory> memory = new ArrayList<>();
      for (int i = 0; i < processes.size(); i++) {
        memory.add(
            new MemberMemory(
                name(processes.get(i)),
                of(i, ProcessGauge::rssMib),
                of(i, ProcessGauge::anonymousMib),
                of(i, ProcessGauge::filesMib),
                of(i, ProcessGauge::sharedMib),
                of(i, ProcessGauge::heapMib)));
      }
      return memory;
    }
  }

  /** The main class and what it was first told, of a program of this project. */
  private static String name(long process) throws IOException {
    String command = Files.readString(Path.of("/proc/" + process + "/cmdline"));
    String said =
        Stream.of(command.split("\0", -1))
            .dropWhile(argument -> !argument.startsWith("io.hybnext."))
            .limit(2)
            .map(argument -> argument.substring(argument.lastIndexOf('.') + 1))
            .collect(Collectors.joining(" "));
    return said.isEmpty() ? "process " + process : said + " (process " + process + ")";
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
