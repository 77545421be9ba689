package io.hybnext.streams.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.hybnext.streams.batch.Sampler;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.StoredItem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lineage in a ledger of many items; {@code -Dhybnext.ledger.items=1000000} makes it a measurement.
 */
class LineageScaleTest {
  private static final int ITEMS = Integer.getInteger("hybnext.ledger.items", 8192);
  private static final int SEGMENT = 4096;
  private static final SegmentSchema SCHEMA =
      new SegmentSchema("tok", "enc", 4, 16, 2, ImageFit.VERSION);

  @TempDir Path folder;

  @Test
  void shouldFindTheCheckpointsOfAStudyAmongManyItems() {
    LedgerDatabase database = LedgerDatabase.ofStore(folder);
    ItemLedger ledger = new ItemLedger(database, () -> ItemLedgerTest.NOW);
    for (int from = 0; from < ITEMS; from += SEGMENT) {
      List<StoredItem> rows = new ArrayList<>();
      for (int i = from; i < from + SEGMENT; i++) {
        rows.add(new StoredItem("item-" + i, "hash-" + i, "c", "train", "2.25." + i / 2));
      }
      int number = from / SEGMENT;
      ledger.publish(new SegmentRecord(number, "s" + number, "h" + number, 1, SCHEMA, rows));
    }
    int segments = (ITEMS + SEGMENT - 1) / SEGMENT;
    long items = (long) segments * SEGMENT;
    Lineage lineage = new Lineage(database);
    lineage.note(
        new Lineage.Run(
            "r", "r", new SnapshotId("tok", "enc", List.of("train"), segments, items, "f"), 7, 16),
        List.of(new Lineage.Checkpoint(items, "all")));
    Sampler sampler = new Sampler(7, items, 16);
    double[] milliseconds = new double[20];
    for (int i = 0; i < milliseconds.length; i++) {
      long study = items / 2 * i / milliseconds.length;
      long beganNs = System.nanoTime();
      List<Lineage.Seen> seen = lineage.of("2.25." + study);
      milliseconds[i] = (System.nanoTime() - beganNs) / 1e6;
      assertFalse(seen.isEmpty(), () -> "nobody saw 2.25." + study);
      assertEquals(
          Math.min(sampler.firstStep(2 * study), sampler.firstStep(2 * study + 1)),
          seen.get(0).firstStep());
    }
    Arrays.sort(milliseconds);
    System.out.printf(
        "lineage among %d items: median %.1f ms, most %.1f ms%n",
        items, milliseconds[milliseconds.length / 2], milliseconds[milliseconds.length - 1]);
  }
}
