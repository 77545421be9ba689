package io.hybnext.tests.hospital;

import io.hybnext.streams.deidentify.PseudonymKey;
import io.hybnext.streams.ledger.ItemLedger;
import io.hybnext.streams.ledger.PostgresServer;
import io.hybnext.streams.orthanc.OrthancProcess;
import io.hybnext.tests.fleet.Diary;
import io.hybnext.tests.fleet.Fleet;
import io.hybnext.tests.fleet.FleetRun;
import io.hybnext.tests.fleet.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * A modality sends studies to an Orthanc server; an ingestion follows it into a store whose ledger
 * is mirrored in PostgreSQL; two trainers train on the store and new items enter their run. Server,
 * database, one trainer and the ingestion are killed once each and started again.
 */
final class Hospital {
  private static final long START_LIMIT_MS = 300_000;
  private static final long END_LIMIT_MS = 120_000;
  private static final long AWAY_MS = 1_000;
  private static final long LOOK_EVERY_MS = 500;

  private final FleetRun run;
  private final OrthancProcess server;
  private final PostgresServer database;
  private final Path log;
  private final Diary diary;
  private final CompletableFuture<Void> following = new CompletableFuture<>();
  private Jvm intake;

  /** Everything is started but the run and the ingestion. */
  Hospital(FleetRun run, OrthancProcess server, PostgresServer database, Path log, Diary diary) {
    this.run = run;
    this.server = server;
    this.database = database;
    this.log = log;
    this.diary = diary;
  }

  /**
   * Sends studies and takes the time of each.
   *
   * @param everyMs time between two
   * @param kill whether everything is killed once
   */
  HospitalReport run(int studies, long everyMs, boolean kill, long seed) throws Exception {
    try (Fleet fleet = new Fleet(run, log, diary)) {
      fleet.lead(1, 0);
      fleet.awaitMembers(1, START_LIMIT_MS);
      fleet.join();
      fleet.awaitMembers(2, START_LIMIT_MS);
      intake = follow();
      following.get(START_LIMIT_MS, TimeUnit.MILLISECONDS);
      long stepsBefore = fleet.commits().steps();
      long beganNs = System.nanoTime();
      SentStudies modality =
          new SentStudies(server, Files.createDirectories(run.base().resolve("sent")), seed, diary);
      CompletableFuture<Map<String, Long>> sending =
          CompletableFuture.supplyAsync(() -> send(modality, studies, everyMs));
      int faults = kill ? killEach(fleet, studies * everyMs / 5) : 0;
      Map<String, Long> arrived = sending.get();
      Map<String, Long> usedNs = await(fleet, arrived);
      double seconds = (System.nanoTime() - beganNs) / 1e9;
      long steps = fleet.commits().steps() - stepsBefore;
      intake.terminate();
      intake.awaitExit(60);
      return report(arrived, usedNs, seed, faults, steps, seconds);
    } finally {
      intake.kill();
      run.keepRecords(run.base().resolve("records"));
    }
  }

  private static Map<String, Long> send(SentStudies modality, int studies, long everyMs) {
    try {
      return modality.send(studies, everyMs);
    } catch (IOException | InterruptedException failed) {
      throw new CompletionException(failed);
    }
  }

  private Jvm follow() throws IOException {
    Path password = run.base().resolve("password");
    Files.writeString(password, OrthancProcess.PASSWORD);
    List<String> settings =
        List.of(
            "orthanc.user=" + OrthancProcess.USER,
            "orthanc.password-file=" + password,
            "intake.poll=200 ms",
            "intake.segment-age=250 ms",
            "intake.decode-parallelism=1",
            "intake.burned-in=pass");
    return Jvm.start(
        "intake",
        run.follow(server.address(), settings),
        log,
        (jvm, line, at) -> {
          if (line.contains("\"stage\"")) {
            following.complete(null);
          } else {
            diary.note("intake: " + line);
          }
        });
  }

  /** Server, database, a trainer, the ingestion, with time between them. */
  private int killEach(Fleet fleet, long everyMs) throws Exception {
    TimeUnit.MILLISECONDS.sleep(everyMs);
    diary.show("the Orthanc server is killed");
    server.kill();
    TimeUnit.MILLISECONDS.sleep(AWAY_MS);
    server.start();
    TimeUnit.MILLISECONDS.sleep(everyMs);
    diary.show("the database is killed");
    database.stop();
    TimeUnit.MILLISECONDS.sleep(AWAY_MS);
    database.startAgain();
    TimeUnit.MILLISECONDS.sleep(everyMs);
    diary.show("a trainer is killed");
    fleet.trainers().get(0).kill();
    fleet.join();
    TimeUnit.MILLISECONDS.sleep(everyMs);
    diary.show("the ingestion is killed");
    intake.kill();
    intake = follow();
    return 4;
  }

  /** Waits until every study was used; gives up when that takes too long. */
  private Map<String, Long> await(Fleet fleet, Map<String, Long> arrived) throws Exception {
    diary.show("all " + arrived.size() + " studies are sent");
    PseudonymKey key = PseudonymKey.load(run.store().resolve("pseudonyms.key"));
    Map<String, String> items = new HashMap<>();
    arrived.keySet().forEach(instance -> items.put(instance, key.uid(instance)));
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_LIMIT_MS);
    Map<String, Long> usedNs = Map.of();
    while (usedNs.size() < arrived.size() && System.nanoTime() < deadlineNs) {
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
      usedNs = used(fleet, items);
    }
    return usedNs;
  }

  private Map<String, Long> used(Fleet fleet, Map<String, String> items) {
    Map<String, Long> firstSteps = new UsedItems(run).firstSteps();
    Map<String, Long> used = new HashMap<>();
    items.forEach(
        (instance, item) -> {
          Long step = firstSteps.get(item);
          OptionalLong atNs =
              step == null ? OptionalLong.empty() : fleet.commits().whenDone(step + 1);
          atNs.ifPresent(at -> used.put(instance, at));
        });
    return used;
  }

  private HospitalReport report(
      Map<String, Long> arrived,
      Map<String, Long> usedNs,
      long seed,
      int faults,
      long steps,
      double seconds) {
    List<Double> waits = new ArrayList<>();
    usedNs.forEach((instance, at) -> waits.add((at - arrived.get(instance)) / 1e9));
    waits.sort(null);
    UsedItems items = new UsedItems(run);
    long doubled = items.listed().values().stream().filter(times -> times > 1).count();
    return new HospitalReport(
        "hospital",
        seed,
        percentile(waits, 0.5),
        percentile(waits, 0.99),
        percentile(waits, 1),
        arrived.size(),
        arrived.size() - usedNs.size(),
        (int) doubled,
        items.agree(new ItemLedger(database.database(), Instant::now), diary),
        faults,
        steps,
        seconds);
  }

  private static double percentile(List<Double> sorted, double share) {
    int at = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.isEmpty() ? 0 : sorted.get(Math.max(0, at));
  }
}
