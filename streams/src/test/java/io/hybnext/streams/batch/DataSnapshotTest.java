package io.hybnext.streams.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.StoreException;
import io.hybnext.streams.store.StoredItem;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataSnapshotTest {
  private static final int ITEMS = 100;
  private static final int WAVES = 20;
  private static final SegmentSchema SCHEMA =
      new SegmentSchema("tok", "enc", 4, 16, 2, ImageFit.VERSION);
  private static final List<SegmentRecord> SEGMENTS =
      IntStream.range(0, WAVES + 1).mapToObj(DataSnapshotTest::segment).toList();

  /** Every fifth item is of another split. */
  private static SegmentRecord segment(int number) {
    List<StoredItem> items =
        IntStream.range(number * ITEMS, (number + 1) * ITEMS)
            .mapToObj(i -> new StoredItem("i" + i, "h" + i, "c", i % 5 == 0 ? "val" : "train"))
            .toList();
    return new SegmentRecord(number, "f" + number, "s" + number, 1, SCHEMA, items);
  }

  private static DataSnapshot of(int segments) {
    return DataSnapshot.of(SEGMENTS.subList(0, segments), "tok", "enc", List.of("train"));
  }

  @Test
  void shouldHashOnlyNewItemsAndBeTheSnapshotThatReadingAllOfThemGives() {
    DataSnapshot grown = of(1);
    int hashed = grown.hashedItems();
    for (int segments = 2; segments <= SEGMENTS.size(); segments++) {
      SnapshotId named = of(segments).id();
      grown = grown.grown(SEGMENTS, named);
      hashed += grown.hashedItems();
      assertEquals(named, grown.id());
    }
    assertEquals(grown.size(), hashed, "each item once");
    DataSnapshot read = of(SEGMENTS.size());
    for (long item = 0; item < read.size(); item++) {
      assertEquals(read.segment(item), grown.segment(item));
      assertEquals(read.row(item), grown.row(item));
    }
  }

  @Test
  void shouldRefuseToGrowIntoWhatTheStoreIsNot() {
    DataSnapshot first = of(1);
    SnapshotId third = of(3).id();
    assertThrows(StoreException.class, () -> first.grown(SEGMENTS.subList(0, 2), third));
    List<SegmentRecord> other = List.of(SEGMENTS.get(0), segment(1), segment(7));
    assertThrows(StoreException.class, () -> first.grown(other, third));
  }
}
