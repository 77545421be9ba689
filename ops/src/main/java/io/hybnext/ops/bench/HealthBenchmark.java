package io.hybnext.ops.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.actors.health.Activity;
import io.hybnext.actors.health.ActorReport;
import io.hybnext.actors.health.DiskProbe;
import io.hybnext.actors.health.HealthMonitor;
import io.hybnext.actors.health.HealthProbe;
import io.hybnext.actors.health.HealthSignal;
import io.hybnext.actors.health.MemoryGauge;
import io.hybnext.actors.health.Pulse;
import io.hybnext.actors.health.RunBoard;
import io.hybnext.actors.health.StatusFile;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.run.MemberHealth;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.StepReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What watching a run costs: processor time of a second's reports, for a trainer and for the
 * process that leads. Seconds follow each other without a wait; in each every trainer measures and
 * tells its vitals once, and the leading process takes them, the steps that were done, what its
 * actors do and how full the disk is, judges twice, and writes {@code status.json}, as it does in a
 * run. Vitals go through JSON on their way; members speak CBOR, which is shorter.
 */
public final class HealthBenchmark {
  private static final long SECOND_NS = 1_000_000_000L;
  private static final int FIRST = 10; // seconds that count as the first
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final Path folder;
  private final List<String> trainers;
  private final int stepsPerSecond;
  private final HealthMonitor monitor = new HealthMonitor(0);
  private final RunBoard board = new RunBoard(Instant.now(), 0);
  private final Activity activity = new Activity();
  private final MemoryGauge memory = new MemoryGauge();
  private final DiskProbe disk;
  private final List<Pulse> actors =
      List.of(pulse("coordinator"), pulse("journal"), pulse("checkpoint store"));
  private long nowNs = SECOND_NS;
  private long step;
  private int findings;

  /**
   * Processor time, mean over seconds.
   *
   * @param trainerUs microseconds that a trainer takes a second
   * @param leaderUs microseconds that the leading process takes a second
   * @param firstLeaderUs the same of the first ten seconds, whose code is not compiled yet
   * @param findings that were told though nothing was wrong
   */
  public record Figures(double trainerUs, double leaderUs, double firstLeaderUs, int findings) {}

  /**
   * A run of so many trainers.
   *
   * @param folder for {@code status.json}; stays the caller's
   */
  public HealthBenchmark(Path folder, int trainers, int stepsPerSecond) {
    this.folder = folder;
    this.stepsPerSecond = stepsPerSecond;
    this.trainers = IntStream.range(0, trainers).mapToObj(k -> "trainer-" + k).toList();
    disk = new DiskProbe(folder);
  }

  private static Pulse pulse(String actor) {
    return new Pulse(actor, Duration.ofHours(1), "Nothing.");
  }

  /**
   * Measures.
   *
   * @param seconds of the run, at least 1
   * @throws IOException when the folder cannot be written to
   */
  public Figures measure(int seconds) throws IOException {
    begin();
    long trainerNs = 0;
    long leaderNs = 0;
    long firstNs = 0;
    for (int second = 0; second < seconds; second++) {
      nowNs += SECOND_NS;
      long beganNs = threads.getCurrentThreadCpuTime();
      byte[] told = JSON.writeValueAsBytes(activity.vitals(memory.read(), Vitals.Device.NONE));
      long toldNs = threads.getCurrentThreadCpuTime();
      lead(told);
      long ledNs = threads.getCurrentThreadCpuTime() - toldNs;
      trainerNs += toldNs - beganNs;
      leaderNs += ledNs;
      firstNs += second < FIRST ? ledNs : 0;
      work();
    }
    return new Figures(
        trainerNs / 1e3 / seconds,
        leaderNs / 1e3 / seconds,
        firstNs / 1e3 / Math.min(FIRST, seconds),
        findings);
  }

  private void begin() {
    for (String trainer : trainers) {
      happened(new ProgressEvent.TrainerChanged(trainer, TrainerState.JOINED, "this machine"));
    }
    List<Integer> microshards = trainers.stream().map(trainer -> 1).toList();
    happened(new ProgressEvent.GenerationFormed(1, trainers, microshards, ""));
    activity.enter(Activity.Doing.COMPUTING);
  }

  private void happened(ProgressEvent event) {
    monitor.on(new HealthSignal.Happened(event), nowNs);
    board.on(event, Instant.now(), nowNs);
  }

  /** What trainers do besides; not measured. */
  private void work() {
    for (int i = 0; i < stepsPerSecond; i++) {
      activity.begin(step);
      activity.computed(SECOND_NS / stepsPerSecond, true);
      activity.stepDone(0);
    }
  }

  private void lead(byte[] told) throws IOException {
    for (int i = 0; i < stepsPerSecond; i++) {
      happened(committed());
    }
    for (String trainer : trainers) {
      Vitals vitals = JSON.readValue(told, Vitals.class);
      monitor.on(new HealthSignal.Beat(trainer, vitals), nowNs);
      board.beat(trainer, vitals, nowNs);
    }
    probed(disk);
    for (int half = 0; half < 2; half++) {
      actors.forEach(this::probed);
      findings += monitor.judge(nowNs + half * SECOND_NS / 2).size();
    }
    List<ActorReport> reports = new ArrayList<>();
    actors.forEach(actor -> actor.report().ifPresent(reports::add));
    StatusFile.write(folder, board.snapshot(Instant.now(), nowNs, reports, List.of()));
  }

  private void probed(HealthProbe probe) {
    monitor.on(new HealthSignal.Probed(probe.actor(), probe.cause(), probe.look()), nowNs);
  }

  private ProgressEvent committed() {
    double ms = 1e3 / stepsPerSecond;
    List<MemberHealth> members = new ArrayList<>();
    for (int rank = 0; rank < trainers.size(); rank++) {
      members.add(new MemberHealth(trainers.get(rank), rank, 1, ms, 1, 0.1, false));
    }
    long ns = SECOND_NS / stepsPerSecond;
    StepReport report =
        new StepReport(step++, 6, 0.5, 0, 1024, 1, true, 1e-3, ns, 0, 0, ns, 0, List.of());
    return new ProgressEvent.StepCommitted(
        report, Long.MAX_VALUE, 1024.0 * stepsPerSecond, ms / 1e3, 1, members);
  }
}
