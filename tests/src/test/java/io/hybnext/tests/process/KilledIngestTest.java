package io.hybnext.tests.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.StoreReader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ingest} killed again and again: SIGKILL, at moments drawn at random. */
class KilledIngestTest {
  private static final int IMAGES = 60;
  private static final int KILLS = 3;

  @TempDir Path folder;
  private Path store;

  @BeforeEach
  void prepare() throws Exception {
    store = folder.resolve("store");
    Files.createDirectories(store);
    SampleImages.copy(folder.resolve("data"), IMAGES);
  }

  private HybnextProcess ingest() throws Exception {
    return HybnextProcess.withSettings(
        folder.resolve("errors.txt"),
        List.of("ingest", folder.resolve("data/manifest.jsonl").toString()),
        List.of("data.store=" + store, "intake.batch=2", "intake.segment-items=4"));
  }

  /**
   * Waits for so many changes in the store's folder: files appear, are renamed, the ledger grows.
   * On a busy machine it may be done before they were seen.
   */
  private static void awaitChanges(WatchService watch, HybnextProcess process, int changes)
      throws InterruptedException {
    int seen = 0;
    while (seen < changes && process.isAlive()) {
      WatchKey key = watch.poll(200, TimeUnit.MILLISECONDS);
      if (key != null) {
        seen += key.pollEvents().size();
        key.reset();
      }
    }
  }

  private Map<String, String> listed() {
    Map<String, String> files = new HashMap<>();
    for (SegmentRecord segment : FileLedger.readSegments(store)) {
      files.put(segment.file(), segment.sha256());
    }
    return files;
  }

  @Test
  void shouldStoreEveryImageOnceAndNeverAgainWhatWasListed() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    Map<String, String> before = Map.of();
    for (int kill = 0; kill < KILLS; kill++) {
      try (WatchService watch = FileSystems.getDefault().newWatchService()) {
        store.register(
            watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
        HybnextProcess process = ingest();
        awaitChanges(watch, process, random.nextInt(1, 12));
        process.kill();
      }
      Map<String, String> now = listed();
      assertTrue(now.entrySet().containsAll(before.entrySet()), "seed " + seed);
      before = now;
    }
    JsonNode result = ingest().awaitResult();
    Map<String, String> sealed = before;
    int items =
        FileLedger.readSegments(store).stream()
            .filter(segment -> sealed.containsKey(segment.file()))
            .mapToInt(segment -> segment.items().size())
            .sum();
    assertEquals(IMAGES, result.path("seen").asInt(), result.toString());
    assertEquals(IMAGES - items, result.path("stored").asInt(), "seed " + seed);
    assertTrue(listed().entrySet().containsAll(before.entrySet()), "seed " + seed);
    Map<String, Integer> times = new HashMap<>();
    try (StoreReader reader = new StoreReader(store)) {
      for (SegmentRecord segment : reader.segments()) {
        for (int row = 0; row < segment.items().size(); row++) {
          times.merge(reader.item(segment.number(), row).contentHash(), 1, Integer::sum);
        }
      }
    }
    assertEquals(IMAGES, times.size(), "seed " + seed);
    assertTrue(times.values().stream().allMatch(count -> count == 1), "seed " + seed);
  }
}
