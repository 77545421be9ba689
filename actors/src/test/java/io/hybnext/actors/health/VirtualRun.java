package io.hybnext.actors.health;

import io.hybnext.actors.health.Activity.Doing;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.actors.run.ProgressEvent.TrainerState;
import io.hybnext.actors.run.StepReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A run as a health monitor sees it, on a virtual clock: steps whose times vary, with hiccups,
 * checkpoints, a warm-up after every change of the membership, and vitals once a second. Fields are
 * what faults change.
 */
final class VirtualRun {
  static final long MS = 1_000_000;
  private static final int EVERY = 50;
  private static final long GIB = 1L << 30;

  /** A trainer. */
  static final class Member {
    final String name;
    final int microshards;
    double slower = 1;
    double busy; // share of its time in which others have the processors
    boolean hangs;
    boolean getsNoData;
    double dataWaitMs = 0.4;
    boolean there = true;
    boolean silent;
    long notFiniteStep = -1;
    String deviceTrouble = "";
    long hostAvailable = 40 * GIB;
    long resident = 3 * GIB;
    private long dataNs; // when this step's batch is there
    private long doneNs; // when this step is computed
    private long beginNs;
    private long steps;
    private double computeMs;
    private double ranMs;
    private double lackedMs; // a processor
    private double waitedMs;

    Member(String name, int microshards) {
      this.name = name;
      this.microshards = microshards;
    }
  }

  final HealthMonitor monitor = new HealthMonitor(EVERY);
  final List<Member> members = new ArrayList<>();
  final List<Verdict> verdicts = new ArrayList<>();
  final Random chance;
  final double stepMs;
  final DiskProbe disk;
  long freeBytes = 50 * GIB;
  double exchangeMs; // of each step
  boolean databaseAnswers = true;
  boolean checkpointsAreWritten = true;
  long nowNs = 1_000_000_000_000L;

  private long step;
  private long stepEndsNs; // earliest end of the present step
  private int sinceChange;
  private long generation;
  private long writtenNs = Long.MAX_VALUE;
  private long writtenStep;

  VirtualRun(long seed, int count, double stepMs) {
    chance = new Random(seed);
    this.stepMs = stepMs;
    disk = new DiskProbe(Path.of("/run"), folder -> freeBytes);
    for (int k = 0; k < count; k++) {
      members.add(new Member("trainer-" + k, 2));
    }
    members.forEach(m -> tell(new ProgressEvent.TrainerChanged(m.name, TrainerState.LAUNCHED, "")));
    pass(2_000);
    members.forEach(
        m -> tell(new ProgressEvent.TrainerChanged(m.name, TrainerState.JOINED, "here")));
    form("");
  }

  /** A new generation of all that are there. */
  void form(String reason) {
    List<String> names =
        members.stream().filter(m -> m.there && !m.silent).map(m -> m.name).toList();
    tell(
        new ProgressEvent.GenerationFormed(
            ++generation, names, names.stream().map(name -> 2).toList(), reason));
    sinceChange = 0;
    writtenNs = Long.MAX_VALUE;
    begin(nowNs + (300 + chance.nextInt(1500)) * MS);
  }

  void tell(ProgressEvent event) {
    monitor.on(new HealthSignal.Happened(event), nowNs);
  }

  private void begin(long atNs) {
    stepEndsNs = 0;
    double warm = sinceChange < 2 ? 4 : 1;
    for (Member m : members) {
      m.beginNs = atNs;
      double hiccup = chance.nextInt(150) == 0 ? 2.2 : 1;
      double jitter = Math.exp(0.12 * chance.nextGaussian()) * hiccup * warm;
      m.dataNs = m.getsNoData ? Long.MAX_VALUE : atNs + (long) (m.dataWaitMs * MS);
      double computeMs = 0.8 * stepMs * jitter * m.slower / (1 - m.busy);
      m.doneNs = m.hangs || m.getsNoData ? Long.MAX_VALUE : m.dataNs + (long) (computeMs * MS);
      if (m.there && !m.silent) {
        stepEndsNs = Math.max(stepEndsNs, m.doneNs);
      }
    }
    boolean capture = step % EVERY == 0 && step > 0;
    double afterMs = exchangeMs + 0.2 * stepMs + (capture ? 100 + chance.nextInt(200) : 0);
    stepEndsNs = stepEndsNs == Long.MAX_VALUE ? stepEndsNs : stepEndsNs + (long) (afterMs * MS);
  }

  /** Trouble that sets in within a step: those that compute or wait do not come to its end. */
  void interrupt(Member m) {
    m.doneNs = m.hangs || m.getsNoData ? Long.MAX_VALUE : m.doneNs;
    m.dataNs = m.getsNoData ? Long.MAX_VALUE : m.dataNs;
    stepEndsNs = m.hangs || m.getsNoData ? Long.MAX_VALUE : stepEndsNs;
  }

  /** The present step is done at last. */
  void resume() {
    begin(nowNs);
  }

  /** Lets time pass. */
  void pass(long ms) {
    long endNs = nowNs + ms * MS;
    while (nowNs < endNs) {
      nowNs += 20 * MS;
      while (sinceChangeKnown() && nowNs >= stepEndsNs) {
        commit();
      }
      if (nowNs >= writtenNs && checkpointsAreWritten) {
        tell(new ProgressEvent.CheckpointSaved(writtenStep, "/run/c", GIB, null));
        disk.onCheckpoint(GIB);
        writtenNs = Long.MAX_VALUE;
      }
      beat();
      if (nowNs / MS % 500 == 0) {
        verdicts.addAll(monitor.judge(nowNs));
      }
    }
  }

  private boolean sinceChangeKnown() {
    return generation > 0;
  }

  private void commit() {
    for (Member m : members) {
      if (m.there && !m.silent) {
        m.steps++;
        m.waitedMs += (m.dataNs - m.beginNs) / (double) MS;
        double ms = (m.doneNs - m.dataNs) / (double) MS;
        m.computeMs += ms;
        m.ranMs += ms * (1 - m.busy);
        m.lackedMs += ms * m.busy;
      }
    }
    StepReport report =
        new StepReport(step, 5, 0.2, 0, 512, 1, true, 1e-3, 1, 1, 1, 1, 0, List.of());
    tell(new ProgressEvent.StepCommitted(report, 1_000_000, 1, stepMs / 1e3, 1, List.of()));
    step++;
    sinceChange++;
    if (step % EVERY == 0 && writtenNs == Long.MAX_VALUE) {
      writtenStep = step;
      writtenNs = nowNs + (800 + chance.nextInt(1500)) * MS;
    }
    begin(nowNs);
  }

  /** A step in which the loss of a member is not a number. */
  void notFinite(Member m) {
    m.notFiniteStep = step;
    tell(new ProgressEvent.StepNotApplied(step, 1, List.of(3L, 4L)));
  }

  private void beat() {
    for (int k = 0; k < members.size(); k++) {
      Member m = members.get(k);
      if (m.there && !m.silent && (nowNs / MS + 140L * k) % 1000 < 20) {
        monitor.on(new HealthSignal.Beat(m.name, vitals(m)), nowNs);
      }
    }
    if (nowNs / MS % 1000 < 20) {
      look(disk);
      look(new Database());
    }
  }

  private void look(HealthProbe probe) {
    monitor.on(new HealthSignal.Probed(probe.actor(), probe.cause(), probe.look()), nowNs);
  }

  private Vitals vitals(Member m) {
    Doing doing = Doing.EXCHANGING;
    long sinceNs = m.doneNs;
    if (nowNs < m.beginNs) {
      doing = Doing.SETTLING;
      sinceNs = nowNs;
    } else if (nowNs < m.dataNs) {
      doing = Doing.AWAITING_DATA;
      sinceNs = m.beginNs;
    } else if (nowNs < m.doneNs) {
      doing = Doing.COMPUTING;
      sinceNs = m.dataNs;
    }
    List<String> waits =
        doing == Doing.EXCHANGING
            ? members.stream().filter(o -> o.doneNs > nowNs).map(o -> o.name).toList()
            : List.of();
    return new Vitals(
        doing,
        (nowNs - sinceNs) / MS,
        waits,
        step,
        m.steps,
        m.steps * m.microshards,
        m.computeMs,
        m.waitedMs,
        0,
        m.notFiniteStep,
        processor(m),
        new Vitals.Memory(m.resident, 100 << 20, 512 << 20, m.hostAvailable, 64 * GIB),
        new Vitals.Device("GPU 0", 60 * GIB, 80 * GIB, m.deviceTrouble));
  }

  /** It goes on within a step. */
  private Vitals.Processor processor(Member m) {
    boolean computes = nowNs >= m.dataNs && !m.hangs;
    double ms = computes ? (Math.min(nowNs, m.doneNs) - m.dataNs) / (double) MS : 0;
    return new Vitals.Processor(m.ranMs + ms * (1 - m.busy), m.lackedMs + ms * m.busy);
  }

  private final class Database implements HealthProbe {
    @Override
    public String actor() {
      return "database";
    }

    @Override
    public Cause cause() {
      return Cause.DATABASE_LOST;
    }

    @Override
    public Optional<Trouble> look() {
      return databaseAnswers
          ? Optional.empty()
          : Optional.of(
              new Trouble(ProgressEvent.HealthState.DEGRADED, "It does not answer.", "Start it."));
    }
  }
}
