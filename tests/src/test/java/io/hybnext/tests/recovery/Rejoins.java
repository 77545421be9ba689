package io.hybnext.tests.recovery;

import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Replaces one of two trainers of a large network, and takes the time until the new one helps. */
final class Rejoins {
  private static final long LIMIT_MS = 300_000;

  private final FleetRun run;
  private final Path log;
  private final Diary diary;

  Rejoins(FleetRun run, Path log, Diary diary) {
    this.run = run;
    this.log = log;
    this.diary = diary;
  }

  /** Seconds from launch to the first committed step with it, sorted. */
  double[] run(int times) throws IOException, InterruptedException {
    double[] seconds = new double[times];
    try (Fleet fleet = new Fleet(run, log, diary)) {
      fleet.lead(1, 0);
      fleet.awaitMembers(1, LIMIT_MS);
      Jvm other = fleet.join();
      fleet.awaitMembers(2, LIMIT_MS);
      for (int i = 0; i < times; i++) {
        awaitStep(fleet); // both hold everything
        other.kill();
        fleet.awaitMembersAtMost(1, LIMIT_MS);
        other = fleet.join();
        fleet.awaitMembers(2, LIMIT_MS);
        seconds[i] = (System.nanoTime() - other.startedNs()) / 1e9;
        diary.show("a replacement took part in a step after " + seconds[i] + " s");
      }
    } finally {
      run.keepRecords(run.base().resolve("records-rejoin"));
    }
    Arrays.sort(seconds);
    return seconds;
  }

  private static void awaitStep(Fleet fleet) throws IOException, InterruptedException {
    if (!fleet.commits().await(fleet.commits().steps() + 2, LIMIT_MS)) {
      throw new IOException("no step within " + LIMIT_MS + " ms");
    }
  }
}
