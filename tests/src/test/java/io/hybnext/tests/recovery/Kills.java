package io.hybnext.tests.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.actors.journal.RunJournal;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Kills trainers of a run one after the other; spare ones join before, so that only kills count.
 */
final class Kills {
  private static final long STREAM = 0x6b696c6cL;
  private static final long START_LIMIT_MS = 300_000;
  private static final long STEP_LIMIT_MS = 60_000;
  private static final int STEPS_AROUND = 8;
  private static final long MOMENT_MS = 500;

  private final FleetRun run;
  private final Path log;
  private final Diary diary;
  private final long seed;

  /**
   * What came out.
   *
   * @param stallsMs one a kill, in order of size
   * @param medianStepMs from commit to commit
   */
  record Outcome(double[] stallsMs, double medianStepMs) {
    /** A percentile of the stalls. */
    double percentile(double share) {
      int at = (int) Math.ceil(share * stallsMs.length) - 1;
      return stallsMs.length == 0 ? 0 : stallsMs[Math.max(0, at)];
    }
  }

  Kills(FleetRun run, Path log, Diary diary, long seed) {
    this.run = run;
    this.log = log;
    this.diary = diary;
    this.seed = seed;
  }

  /**
   * Kills.
   *
   * @param kills how many
   * @param members that train when nobody was killed
   * @param spares that join at a time, and are then killed one by one
   */
  Outcome run(int kills, int members, int spares) throws IOException, InterruptedException {
    List<long[]> windows = new ArrayList<>();
    try (Fleet fleet = new Fleet(run, log, diary)) {
      fleet.lead(1, 0);
      fleet.awaitMembers(1, START_LIMIT_MS);
      for (int i = 1; i < members; i++) {
        fleet.join();
      }
      fleet.awaitMembers(members, START_LIMIT_MS);
      long startNs = System.nanoTime();
      while (windows.size() < kills) {
        int batch = Math.min(spares, kills - windows.size());
        for (int i = 0; i < batch; i++) {
          fleet.join();
        }
        fleet.awaitMembers(members + batch, START_LIMIT_MS);
        for (int i = 0; i < batch; i++) {
          windows.add(kill(fleet, windows.size()));
        }
      }
      long medianNs = fleet.commits().medianNs(startNs, System.nanoTime());
      double[] stalls =
          windows.stream()
              .mapToDouble(of -> (fleet.commits().longestNs(of[0], of[1]) - medianNs) / 1e6)
              .map(ms -> Math.max(0, ms))
              .sorted()
              .toArray();
      return new Outcome(stalls, medianNs / 1e6);
    } finally {
      run.keepRecords(run.base().resolve("records"));
    }
  }

  /** Returns from when to when the others may have stood still. */
  private long[] kill(Fleet fleet, int number) throws IOException, InterruptedException {
    long key = CounterRandom.key(seed, STREAM, number, 0);
    awaitSteps(fleet);
    TimeUnit.MILLISECONDS.sleep((long) (CounterRandom.uniform(key, 0) * MOMENT_MS));
    List<Jvm> trainers = fleet.trainers();
    Jvm victim =
        trainers.get((int) Long.remainderUnsigned(CounterRandom.word(key, 1), trainers.size()));
    long atNs = System.nanoTime();
    victim.kill();
    awaitSteps(fleet);
    long untilNs = System.nanoTime();
    double longestMs = fleet.commits().longestNs(atNs, untilNs) / 1e6;
    diary.note("killed " + victim + ": longest time without a commit " + longestMs + " ms");
    return new long[] {atNs, untilNs};
  }

  private static void awaitSteps(Fleet fleet) throws IOException, InterruptedException {
    if (!fleet.commits().await(fleet.commits().steps() + STEPS_AROUND, STEP_LIMIT_MS)) {
      throw new IOException("the others stand still for " + STEP_LIMIT_MS + " ms after a kill");
    }
  }

  /** Median over the generations that followed a loss of one of the journal's times. */
  double stage(String name) throws IOException {
    List<Double> times = new ArrayList<>();
    boolean loss = false;
    for (JsonNode line : RunJournal.read(run.journal())) {
      String kind = line.path("kind").asText();
      if (kind.equals("generation-formed")) {
        loss = !line.path("reason").asText().endsWith(" joined");
      } else if (kind.equals("generation-running") && loss) {
        times.add(line.path(name).asDouble());
      }
    }
    double[] sorted = times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
