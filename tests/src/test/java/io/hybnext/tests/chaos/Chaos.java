package io.hybnext.tests.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.tests.fleet.CheckpointPauses;
import io.hybnext.tests.fleet.Commits;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.Sandbox;
import io.hybnext.tests.fleet.StepAccount;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A run under faults, from the first process to the comparison with an undisturbed twin: a calm
 * time, the schedule, all processes killed at once, gone on from the last checkpoint, compared.
 */
final class Chaos {
  private static final long START_LIMIT_MS = 300_000;
  private static final long POLL_MS = 100;
  private static final int STEPS_AFTER = 10;

  private final Settings settings;
  private final FleetRun run;
  private final Path log;
  private final Diary diary;
  private final Sandbox sandbox;
  private final List<FaultRecord> faults = new ArrayList<>();

  /**
   * What is asked for.
   *
   * @param seed of the schedule
   * @param length under faults
   * @param every mean time between faults
   * @param members trainers
   * @param size what the run computes
   * @param diskMib size of the disk of the run's folder
   */
  record Settings(
      long seed, Duration length, Duration every, int members, FleetRun.Size size, int diskMib) {}

  Chaos(Settings settings, FleetRun run, Path log, Diary diary, Sandbox sandbox) {
    this.settings = settings;
    this.run = run;
    this.log = log;
    this.diary = diary;
    this.sandbox = sandbox;
  }

  ChaosReport run() throws IOException, InterruptedException {
    boolean smallDisk = sandbox.mountDisk(run.folder(), settings.diskMib());
    run.ingest(log);
    try (Fleet fleet = new Fleet(run, log, diary)) {
      fleet.lead(1, 0);
      fleet.awaitMembers(1, START_LIMIT_MS);
      fleet.standBy();
      for (int i = 1; i < settings.members(); i++) {
        fleet.join();
      }
      fleet.awaitMembers(settings.members(), START_LIMIT_MS);
      long calmNs = System.nanoTime();
      diary.show(settings.members() + " trainers train; calm");
      TimeUnit.MILLISECONDS.sleep(calmMs());
      long startNs = System.nanoTime();
      disturb(fleet, smallDisk, startNs);
      long endNs = System.nanoTime();
      fleet.killAll();
      run.keepRecords(run.base().resolve("records"));
      return judge(fleet.commits(), fleet.told(), calmNs, startNs, endNs);
    } finally {
      run.keepRecords(run.base().resolve("records"));
    }
  }

  private long calmMs() {
    return Math.max(3_000, settings.length().toMillis() / 20);
  }

  private void disturb(Fleet fleet, boolean smallDisk, long startNs)
      throws IOException, InterruptedException {
    boolean network = sandbox.network().isPresent();
    boolean datagrams = network && settings.size().transport().equals("udp");
    Schedule schedule =
        Schedule.of(
            settings.seed(),
            settings.length(),
            settings.every(),
            new Schedule.Possible(network, datagrams, smallDisk, true));
    Injector injector =
        new Injector(fleet, run.folder(), sandbox.network(), settings.members() - 1, diary);
    for (Schedule.Entry entry : schedule.entries()) {
      pass(injector, startNs + entry.atMs() * 1_000_000);
      long atNs = System.nanoTime();
      if (injector.inject(entry)) {
        faults.add(new FaultRecord(entry.fault().name(), atNs));
      }
    }
    pass(injector, startNs + settings.length().toNanos());
  }

  private static void pass(Injector injector, long untilNs)
      throws IOException, InterruptedException {
    do {
      injector.complete();
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    } while (System.nanoTime() - untilNs < 0);
  }

  private ChaosReport judge(Commits commits, Commits told, long calmNs, long startNs, long endNs)
      throws IOException, InterruptedException {
    List<JsonNode> disturbed = RunJournal.read(run.journal());
    StepAccount account = StepAccount.of(disturbed);
    CheckpointPauses pauses = CheckpointPauses.of(disturbed);
    long last = run.newestCheckpoint().orElse(0) + STEPS_AFTER;
    diary.show("all were killed; going on from the newest checkpoint to step " + last);
    train(run, 2, last);
    StepAccount whole = StepAccount.of(RunJournal.read(run.journal()));
    diary.show("the twin");
    FleetRun twin = run.other("twin");
    train(twin, 1, last);
    Goodput goodput = Goodput.of(commits, faults, startNs, endNs);
    int steps = commits.between(startNs, endNs).length;
    double seconds = (endNs - startNs) / 1e9;
    return new ChaosReport(
        "chaos",
        settings.seed(),
        seconds,
        settings.members(),
        faults.size(),
        goodput.share(),
        goodput.strictShare(),
        Goodput.of(told, faults, startNs, endNs).share(),
        goodput.medianStepMs(),
        goodput.stallP50Ms(),
        goodput.stallMaxMs(),
        steps,
        steps / seconds,
        commits.between(calmNs, startNs).length / ((startNs - calmNs) / 1e9),
        goodput.stalls(),
        pauses,
        pauses.share(),
        account.generations(),
        account.rolledBack(),
        whole.lost() * settings.size().batch(),
        whole.doubled() * settings.size().batch(),
        run.weights(last).equals(twin.weights(last)),
        last);
  }

  private void train(FleetRun which, int trainers, long steps)
      throws IOException, InterruptedException {
    try (Fleet fleet = new Fleet(which, log, diary)) {
      int code = fleet.lead(trainers, steps).awaitExit(settings.length().toSeconds() * 10 + 300);
      if (code != 0) {
        throw new IOException(which.folder() + " cannot be gone on with, exit code " + code);
      }
    }
  }
}
