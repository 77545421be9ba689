package io.hybnext.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.config.HybnextSettings;
import io.hybnext.file.Sha256;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.item.Provenance;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.ItemRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New items beside the first ones, source by source. */
class DriftWatchTest {
  private static final int DIMENSIONS = 6;
  private static final SegmentSchema SCHEMA =
      new SegmentSchema("tok", "enc", 4, 16, DIMENSIONS, ImageFit.VERSION);

  @TempDir Path folder;

  private int stored;

  private HybnextSettings settings(int window) {
    return HybnextSettings.parse("")
        .with(
            Map.of(
                "data.store", folder.toString(),
                "evaluation.drift.window", Integer.toString(window),
                "evaluation.drift.bound", "1.5"));
  }

  /** Items of a source whose features are normal, moved by so many standard deviations. */
  private void store(int items, String source, double moved) {
    try (SegmentStore store = SegmentStore.open(folder, StoreSettings.DEFAULT)) {
      for (int i = 0; i < items; i++, stored++) {
        SplittableRandom random = new SplittableRandom(stored);
        float[] feature = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
          feature[d] = (float) (random.nextDouble(-1.7, 1.7) + moved);
        }
        Provenance provenance = new Provenance(null, source, null, List.of(), null);
        String hash = Sha256.shortHex("image " + stored);
        store.append(
            SCHEMA,
            new ItemRecord(
                "item-" + stored, hash, new int[4], "x", feature, "train", "f", provenance));
      }
    }
  }

  private SnapshotId began() {
    return DataSnapshot.of(FileLedger.readSegments(folder), "tok", "enc", List.of("train")).id();
  }

  private static List<ProgressEvent.Drift> look(DriftWatch watch) {
    List<ProgressEvent.Drift> told = new ArrayList<>();
    watch.look(event -> told.add((ProgressEvent.Drift) event));
    return told;
  }

  @Test
  void shouldTellTheSourceWhoseItemsLookUnlikeTheFirstOnesAndNoOther() {
    store(64, "hospital-a", 0);
    DriftWatch watch = new DriftWatch(settings(64), began());
    store(40, "hospital-a", 0);
    store(40, "hospital-b", 3);
    List<ProgressEvent.Drift> told = look(watch);
    assertEquals(2, told.size(), told.toString());
    ProgressEvent.Drift known = told.get(0);
    assertEquals("hospital-a", known.source());
    assertEquals(40, known.items());
    assertFalse(known.alarm(), known.toString());
    ProgressEvent.Drift foreign = told.get(1);
    assertEquals("hospital-b", foreign.source());
    assertTrue(foreign.alarm(), foreign.toString());
    assertTrue(foreign.meanShift() > 4 * known.meanShift(), foreign + " beside " + known);
    assertTrue(foreign.kernelDistance() > known.kernelDistance());
    assertTrue(DriftWatch.sentence(foreign).contains("hospital-b"));
  }

  @Test
  void shouldTellOfASourceOnlyWhenItHasNewItemsAgain() {
    store(32, "a", 0);
    DriftWatch watch = new DriftWatch(settings(32), began());
    store(16, "b", 3);
    assertEquals(List.of("b"), look(watch).stream().map(ProgressEvent.Drift::source).toList());
    assertEquals(List.of(), look(watch), "nothing came since");
    store(16, "c", 0);
    assertEquals(List.of("c"), look(watch).stream().map(ProgressEvent.Drift::source).toList());
  }

  @Test
  void shouldSayNothingOfTooFewItemsOrWhenItIsOff() {
    store(32, "a", 0);
    DriftWatch watch = new DriftWatch(settings(32), began());
    DriftWatch off = new DriftWatch(settings(0), began());
    store(7, "b", 3);
    assertEquals(List.of(), look(watch));
    store(16, "c", 3);
    assertEquals(List.of(), look(off));
  }
}
