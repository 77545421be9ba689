package io.hybnext.tests.health;

import io.hybnext.streams.ledger.PostgresServer;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.Jvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A run with a coordinator, one that stands by, trainers, a database and an ingestion beside it.
 * After a calm time one fault follows the other; each is mended, and the run is left until it says
 * that all is well.
 */
final class Ward {
  private static final long START_LIMIT_MS = 300_000;
  private static final int JOINED = 3; // trainers besides the leader's own
  private static final double SETTLE_SECONDS = 40;
  private static final long LEARN_MS = 7_000; // so many looks before trainers are compared
  private static final long AFTER_MS = 300;
  private static final int STEPS = 3;

  private final FleetRun run;
  private final PostgresServer database;
  private final boolean disk;
  private final Diary diary;
  private final Random chance;
  private final Path log;
  private final Findings findings = new Findings();

  /**
   * Everything but the run is there.
   *
   * @param disk whether the run's folder is a small disk of its own
   * @param seed of order and victims
   */
  Ward(FleetRun run, PostgresServer database, boolean disk, Diary diary, long seed) {
    this.run = run;
    this.database = database;
    this.disk = disk;
    this.diary = diary;
    chance = new Random(seed);
    findings.seed = seed;
    log = run.base().resolve("errors.txt");
  }

  HealthReport run(int rounds, double calmSeconds, List<Ailment> kinds) throws Exception {
    run.ingest(log);
    Words words = new Words(run.journal(), diary);
    try (Fleet fleet = new Fleet(run, log, diary);
        Injection injection = new Injection(run, fleet, database, words, log, diary)) {
      injection.startIntake();
      fleet.lead(1, 0);
      fleet.awaitMembers(1, START_LIMIT_MS);
      fleet.standBy();
      while (fleet.trainers().size() < JOINED) {
        fleet.join();
      }
      fleet.awaitMembers(JOINED + 1, START_LIMIT_MS);
      words.awaitCalm(SETTLE_SECONDS);
      TimeUnit.MILLISECONDS.sleep(LEARN_MS);
      calm(words, calmSeconds);
      for (int round = 0; round < rounds; round++) {
        List<Ailment> order = new ArrayList<>(kinds);
        Collections.shuffle(order, chance);
        for (Ailment ailment : order) {
          strike(fleet, injection, words, ailment);
        }
      }
    } finally {
      run.keepRecords(run.base().resolve("records"));
    }
    return findings.report();
  }

  private void calm(Words words, double seconds) throws Exception {
    diary.show("calm for " + seconds + " s");
    long fromNs = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep((long) (1000 * seconds));
    findings.calm(seconds, words.badSince(fromNs));
  }

  private void strike(Fleet fleet, Injection injection, Words words, Ailment ailment)
      throws Exception {
    if (ailment == Ailment.NOT_A_NUMBER) {
      new Divergence(run, log, diary, findings).observe();
      return;
    }
    if (ailment == Ailment.FULL_DISK && !disk) {
      diary.show(ailment + ": the disk is not this program's own");
      return;
    }
    List<Jvm> trainers =
        fleet.trainers().stream().filter(jvm -> fleet.pids().contains(jvm.pid())).toList();
    Jvm victim = trainers.get(chance.nextInt(trainers.size()));
    String actor = injection.actor(ailment, victim);
    diary.show(ailment + " " + actor);
    List<String> consequences = injection.consequences(ailment);
    words.all(); // what was told before is not told of this
    long atNs = injection.inject(ailment, victim);
    Optional<Word> word =
        words.await(
            atNs,
            2 * ailment.limitSeconds(),
            said -> said.actor().equals(actor) && ailment.isNamedBy(said.cause()));
    TimeUnit.MILLISECONDS.sleep(AFTER_MS); // what else it may say
    findings.add(ailment, actor, atNs, word, words.badSince(atNs), consequences);
    injection.mend();
    complete(fleet, words);
  }

  /** Replaces who is gone, and waits until the run knows its usual times again. */
  private void complete(Fleet fleet, Words words) throws IOException, InterruptedException {
    if (!fleet.hasStandby()) {
      fleet.standBy();
    }
    int own =
        fleet.leader().isPresent() && fleet.leader().get().name().startsWith("leader") ? 1 : 0;
    while (fleet.trainers().size() < JOINED + 1 - own) {
      fleet.join();
    }
    // Who takes part is told with steps: what was told before the fault is no more so.
    fleet.commits().await(fleet.commits().steps() + STEPS, START_LIMIT_MS);
    fleet.awaitMembers(JOINED + 1, START_LIMIT_MS);
    if (!words.awaitCalm(SETTLE_SECONDS)) {
      diary.show("what was told is not over after " + SETTLE_SECONDS + " s");
    }
    TimeUnit.MILLISECONDS.sleep(LEARN_MS);
  }
}
