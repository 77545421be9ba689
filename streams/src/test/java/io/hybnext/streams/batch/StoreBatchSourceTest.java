package io.hybnext.streams.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.ItemRecord;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreException;
import io.hybnext.streams.store.StoreSettings;
import io.hybnext.streams.store.TestItems;
import io.hybnext.streams.store.Withdrawal;
import io.hybnext.streams.store.Withdrawals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreBatchSourceTest {
  private static ActorTestKit testKit;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    testKit = ActorTestKit.create();
  }

  @AfterAll
  static void stop() {
    testKit.shutdownTestKit();
  }

  private void write(Path store, int from, int to, int itemsASegment) {
    StoreSettings settings = new StoreSettings(1 << 20, itemsASegment, Duration.ofMinutes(1));
    try (SegmentStore segments = SegmentStore.open(store, settings)) {
      for (int i = from; i < to; i++) {
        segments.append(TestItems.SCHEMA, TestItems.item(i));
      }
    }
  }

  private static SnapshotId snapshot(Path store, String... splits) {
    return DataSnapshot.of(FileLedger.readSegments(store), "tok", "enc", List.of(splits)).id();
  }

  private StoreBatchSource open(SnapshotId id, PrefetchSettings prefetch) {
    return new StoreBatchSource(
        testKit.system(),
        folder,
        id,
        5,
        12,
        4,
        new WaveLedger(folder.resolve(WaveLedger.FILE)),
        prefetch);
  }

  private static Batch get(CompletionStage<Batch> batch) throws Exception {
    return batch.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldGiveTheSamplersItemsInWhateverOrderItIsAsked() throws Exception {
    write(folder, 0, 40, 7);
    SnapshotId id = snapshot(folder, "train");
    assertEquals(30, id.items());
    List<Integer> train = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      if (i % 4 != 3) {
        train.add(i);
      }
    }
    Sampler sampler = new Sampler(5, 30, 12);
    SplittableRandom random = new SplittableRandom(3);
    try (StoreBatchSource source = open(id, PrefetchSettings.DEFAULT)) {
      for (int i = 0; i < 300; i++) {
        long step = i < 100 ? i / 4 : random.nextLong(1000);
        int microshard = i < 100 ? i % 4 : random.nextInt(4);
        Batch batch = get(source.batch(step, microshard));
        assertEquals(step, batch.step());
        assertEquals(microshard, batch.microshard());
        long[] items = sampler.items(step, microshard, 4);
        for (int k = 0; k < items.length; k++) {
          Sample sample = batch.samples().get(k);
          ItemRecord expected = TestItems.item(train.get((int) items[k]));
          assertEquals(items[k], sample.item());
          assertEquals(expected.caption(), sample.caption());
          assertArrayEquals(expected.tokens(), sample.tokens());
          assertArrayEquals(expected.feature(), sample.feature());
        }
      }
    }
  }

  @Test
  void shouldDrawNewItemsFromTheStepOfTheirWaveOnEvenWhereItReadAhead() throws Exception {
    write(folder, 0, 40, 7);
    SnapshotId began = snapshot(folder, "train");
    try (StoreBatchSource early = open(began, PrefetchSettings.DEFAULT)) {
      Batch ahead = get(early.batch(3, 2));
      assertTrue(early.isCurrent(ahead));
      write(folder, 40, 80, 7);
      SnapshotId grown = snapshot(folder, "train");
      Wave wave = new Wave(3, grown, new Mixing(0.5, 20, 4, 0, 0.1));
      assertTrue(early.isCurrent(ahead), "what is stored has not entered");
      new WaveLedger(folder.resolve(WaveLedger.FILE)).add(wave);
      WavePlan plan = new WavePlan(5, began.items(), 12, List.of(wave));
      try (StoreBatchSource late = open(began, new PrefetchSettings(0, 1))) {
        for (long step = 0; step < 8; step++) {
          for (int microshard = 0; microshard < 4; microshard++) {
            Batch batch = get(early.batch(step, microshard));
            assertTrue(early.isCurrent(batch));
            List<Long> drawn = batch.samples().stream().map(Sample::item).toList();
            assertEquals(LongStream.of(plan.items(step, microshard, 4)).boxed().toList(), drawn);
            Batch other = get(late.batch(step, microshard));
            assertEquals(
                batch.samples().stream().map(Sample::caption).toList(),
                other.samples().stream().map(Sample::caption).toList());
          }
        }
        assertEquals(60, late.size());
      }
      assertFalse(early.isCurrent(ahead));
    }
  }

  @Test
  void shouldRefuseAWaveThatDoesNotContinueTheRunsData() throws Exception {
    write(folder, 0, 20, 7);
    SnapshotId id = snapshot(folder, "train");
    Mixing mixing = new Mixing(0.5, 20, 4, 0, 0.1);
    new WaveLedger(folder.resolve(WaveLedger.FILE)).add(new Wave(3, id, mixing));
    try (StoreBatchSource source = open(id, PrefetchSettings.DEFAULT)) {
      ExecutionException error =
          assertThrows(ExecutionException.class, () -> get(source.batch(5, 0)));
      assertTrue(error.getCause().getMessage().contains("does not continue"), error.getMessage());
    }
  }

  @Test
  void shouldHoldNoWithdrawnItemInAnyLaterBatchEvenIfItWasReadAhead() throws Exception {
    write(folder, 0, 12, 7);
    SnapshotId id = snapshot(folder, "train", "val");
    Set<Long> before = new HashSet<>();
    try (StoreBatchSource source = open(id, PrefetchSettings.DEFAULT)) {
      for (int microshard = 0; microshard < 4; microshard++) {
        get(source.batch(0, microshard)).samples().forEach(sample -> before.add(sample.item()));
      }
      Withdrawals withdrawals = new Withdrawals(folder);
      assertTrue(withdrawals.add(new Withdrawal("item-3", "2026-01-01T00:00:00Z")));
      assertTrue(withdrawals.add(new Withdrawal("item-4", "2026-01-01T00:00:00Z")));
      for (int step = 1; step < 30; step++) {
        for (int microshard = 0; microshard < 4; microshard++) {
          for (Sample sample : get(source.batch(step, microshard)).samples()) {
            assertTrue(sample.item() != 3 && sample.item() != 4, "step " + step);
          }
        }
      }
    }
    assertEquals(12, before.size());
    assertEquals(id, DataSnapshot.reopen(FileLedger.readSegments(folder), id).id());
  }

  @Test
  void shouldServeEverybodyWhenTheBudgetIsFullOfWrongGuesses() throws Exception {
    write(folder, 0, 40, 7);
    SnapshotId id = snapshot(folder, "train", "val");
    try (StoreBatchSource source = open(id, new PrefetchSettings(3, 200))) {
      for (int i = 0; i < 200; i++) { // guesses for microshards that nobody asks for again
        assertEquals(3, get(source.batch(i / 10, i % 4)).samples().size());
      }
      assertTrue(source.peakPrefetchBytes() <= 300, "peak " + source.peakPrefetchBytes());
      assertTrue(source.meters().get(0).elements() >= 200 * 3);
      assertEquals(200, source.meters().get(1).elements());
    }
  }

  @Test
  void shouldReadAhead() throws Exception {
    write(folder, 0, 40, 7);
    try (StoreBatchSource source = open(snapshot(folder, "train"), PrefetchSettings.DEFAULT)) {
      get(source.batch(0, 1));
      while (source.meters().get(0).elements() < 3 * 3) { // steps 0, 1, 2
        Thread.onSpinWait();
      }
      get(source.batch(1, 1));
      while (source.meters().get(0).elements() < 4 * 3) {
        Thread.onSpinWait();
      }
      assertEquals(4 * 3, source.meters().get(0).elements());
    }
  }

  @Test
  void shouldOpenTheSameSnapshotAfterTheStoreHasGrown() throws Exception {
    write(folder, 0, 10, 4);
    SnapshotId before = snapshot(folder, "train");
    write(folder, 10, 20, 4);
    assertNotEquals(before, snapshot(folder, "train"));
    try (StoreBatchSource source = open(before, PrefetchSettings.DEFAULT)) {
      assertEquals(before.items(), source.size());
      assertEquals(before, source.snapshot());
    }
  }

  @Test
  void shouldNameTheSameItemsTheSameHoweverTheyAreCutIntoSegments() {
    Path other = folder.resolve("other");
    write(folder, 0, 20, 4);
    write(other, 0, 20, 9);
    assertEquals(snapshot(folder, "train").fingerprint(), snapshot(other, "train").fingerprint());
    assertNotEquals(snapshot(folder, "train").fingerprint(), snapshot(folder, "val").fingerprint());
  }

  @Test
  void shouldRefuseAnotherStore() {
    Path other = folder.resolve("other");
    write(folder, 0, 8, 4);
    write(other, 1, 9, 4);
    SnapshotId id = snapshot(other, "train");
    StoreException refused =
        assertThrows(StoreException.class, () -> open(id, PrefetchSettings.DEFAULT));
    assertTrue(refused.getMessage().contains("are not those of the run's data snapshot"));
    StoreException empty = assertThrows(StoreException.class, () -> snapshot(folder, "test"));
    assertTrue(empty.getMessage().contains("ingest images of these splits first"));
  }

  @Test
  void shouldFailTheBatchThatNeedsADamagedSegment() throws IOException {
    write(folder, 0, 8, 8);
    SnapshotId id = snapshot(folder, "train");
    Files.write(folder.resolve(FileLedger.readSegments(folder).get(0).file()), new byte[8]);
    try (StoreBatchSource source = open(id, PrefetchSettings.DEFAULT)) {
      for (int step = 0; step < 3; step++) {
        int asked = step;
        ExecutionException error =
            assertThrows(ExecutionException.class, () -> get(source.batch(asked, 0)));
        assertInstanceOf(StoreException.class, error.getCause());
      }
    }
  }

  @Test
  void shouldFailWhenClosed() {
    write(folder, 0, 8, 8);
    StoreBatchSource source = open(snapshot(folder, "train"), PrefetchSettings.DEFAULT);
    source.close();
    assertThrows(ExecutionException.class, () -> get(source.batch(0, 0)));
  }
}
