package io.hybnext.tests.equality;

import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run from its first step to its last, with the members that a schedule says. */
final class ScheduledRun {
  private static final long STEP_LIMIT_MS = 300_000;
  private static final long END_SECONDS = 300;
  private static final long PAUSE_MS = 500;

  private final FleetRun run;
  private final Path log;
  private final Diary diary;
  private int kills;
  private int pauses;

  ScheduledRun(FleetRun run, Path log, Diary diary) {
    this.run = run;
    this.log = log;
    this.diary = diary;
  }

  /** Runs to the last step; throws when it does not get there. */
  void run(MemberSchedule schedule, long steps) throws IOException, InterruptedException {
    try (Fleet fleet = new Fleet(run, log, diary)) {
      Jvm leader = fleet.lead(schedule.first(), steps);
      if (schedule.joins() > 0) {
        await(fleet, 1); // it can be joined now
      }
      for (int i = 0; i < schedule.joins(); i++) {
        fleet.join();
      }
      for (MemberSchedule.Event event : schedule.events()) {
        await(fleet, event.step());
        happen(event, fleet.pids());
      }
      int code = leader.awaitExit(END_SECONDS);
      if (code != 0) {
        throw new IOException(run.folder() + " ended with code " + code + "; see " + log);
      }
    } finally {
      run.keepRecords(run.base().resolve("records").resolve(run.folder().getFileName()));
    }
  }

  private static void await(Fleet fleet, long step) throws IOException, InterruptedException {
    if (!fleet.commits().await(step, STEP_LIMIT_MS)) {
      throw new IOException("step " + step + " is not done after " + STEP_LIMIT_MS + " ms");
    }
  }

  private void happen(MemberSchedule.Event event, List<Long> pids)
      throws IOException, InterruptedException {
    long pid = pids.get(event.pick() % pids.size());
    // The last one is spared: a run whose only trainer dies goes back to its checkpoint, by design.
    if (pid == 0 || (event.what() == MemberSchedule.What.KILL && pids.size() < 2)) {
      return;
    }
    diary.note(event + ": process " + pid);
    if (event.what() == MemberSchedule.What.KILL) {
      kills++;
      Jvm.signal("KILL", pid);
    } else {
      pauses++;
      Jvm.signal("STOP", pid);
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
      Jvm.signal("CONT", pid);
    }
  }

  int kills() {
    return kills;
  }

  int pauses() {
    return pauses;
  }
}
