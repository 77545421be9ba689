package io.hybnext.streams.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybnext.streams.batch.Sampler;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.StoredItem;
import io.hybnext.streams.store.Withdrawal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lineage and withdrawals in a ledger of many items; {@code -Dhybnext.ledger.items=1048576} makes
 * it a measurement, {@code -Dhybnext.ledger.folder=DIR} keeps the database.
 */
class LineageScaleTest {
  private static final int ITEMS = Integer.getInteger("hybnext.ledger.items", 8192);
  private static final int SEGMENT = 4096;
  private static final int CALLS = 20;
  private static final SegmentSchema SCHEMA =
      new SegmentSchema("tok", "enc", 4, 16, 2, ImageFit.VERSION);

  @TempDir Path temporary;

  @Test
  void shouldFindTheCheckpointsOfAStudyAmongManyItems() {
    look(LedgerDatabase.ofStore(folder()));
  }

  @Test
  void shouldFindThemOnPostgresToo() throws Exception {
    try (PostgresServer server = PostgresServer.start().orElse(null)) {
      if (server == null) {
        System.out.println("SKIPPED: lineage on PostgreSQL, as this machine has no server");
      }
      assumeTrue(server != null, "no PostgreSQL server: install the Debian package postgresql");
      look(server.database());
    }
  }

  private void look(LedgerDatabase database) {
    ItemLedger ledger = new ItemLedger(database, () -> ItemLedgerTest.NOW);
    int segments = (ITEMS + SEGMENT - 1) / SEGMENT;
    long items = (long) segments * SEGMENT;
    long beganNs = System.nanoTime();
    ledger.reconcile(
        IntStream.range(0, segments).mapToObj(this::segment).toList(), List.of(), List.of());
    System.out.printf("%d items entered in %.1f s%n", items, (System.nanoTime() - beganNs) / 1e9);
    Lineage lineage = new Lineage(database);
    lineage.note(
        new Lineage.Run(
            "r", "r", new SnapshotId("tok", "enc", List.of("train"), segments, items, "f"), 7, 16),
        List.of(new Lineage.Checkpoint(items, "all")));
    Sampler sampler = new Sampler(7, items, 16);
    IntConsumer asked =
        call -> {
          long study = items / 2 * call / CALLS;
          List<Lineage.Seen> seen = lineage.of("2.25." + study);
          assertFalse(seen.isEmpty(), () -> "nobody saw 2.25." + study);
          assertEquals(
              Math.min(sampler.firstStep(2 * study), sampler.firstStep(2 * study + 1)),
              seen.get(0).firstStep());
        };
    IntConsumer withdrawn =
        call ->
            assertEquals(
                2,
                ledger.withdraw(
                    new Withdrawal("2.25." + (items / 2 * call / CALLS + 1), "2026-11-22")));
    measure("lineage, opened each time", asked);
    measure("withdraw, opened each time", withdrawn);
    database.hold(
        () -> {
          measure("lineage, kept open", asked);
          measure("withdraw, kept open", withdrawn);
          return null;
        });
  }

  private Path folder() {
    String named = System.getProperty("hybnext.ledger.folder");
    return named == null ? temporary : Path.of(named);
  }

  private SegmentRecord segment(int number) {
    List<StoredItem> rows = new ArrayList<>();
    for (int i = number * SEGMENT; i < (number + 1) * SEGMENT; i++) {
      rows.add(new StoredItem("item-" + i, "hash-" + i, "c", "train", "2.25." + i / 2));
    }
    return new SegmentRecord(number, "s" + number, "h" + number, 1, SCHEMA, rows);
  }

  private static void measure(String what, IntConsumer call) {
    double[] milliseconds = new double[CALLS];
    for (int i = 0; i < CALLS; i++) {
      long beganNs = System.nanoTime();
      call.accept(i);
      milliseconds[i] = (System.nanoTime() - beganNs) / 1e6;
    }
    Arrays.sort(milliseconds);
    System.out.printf(
        "%s: median %.1f ms, most %.1f ms%n",
        what, milliseconds[CALLS / 2], milliseconds[CALLS - 1]);
  }
}
