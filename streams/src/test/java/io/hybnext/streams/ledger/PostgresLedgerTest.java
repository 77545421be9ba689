package io.hybnext.streams.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.SegmentStore;
import io.hybnext.streams.store.StoreSettings;
import io.hybnext.streams.store.TestItems;
import io.hybnext.streams.store.Withdrawals;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tests of the ledger on a real PostgreSQL server; skipped, and said so, without one. */
class PostgresLedgerTest extends ItemLedgerTest {
  private static PostgresServer server;

  @BeforeAll
  static void startServer() throws Exception {
    server = PostgresServer.start().orElse(null);
    if (server == null) {
      System.out.println("SKIPPED: the ledger on PostgreSQL, as this machine has no server");
    }
    assumeTrue(server != null, "no PostgreSQL server: install the Debian package postgresql");
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Override
  LedgerDatabase newDatabase() {
    LedgerDatabase database = server.database();
    database.transaction(
        connection -> {
          for (String table :
              List.of(
                  "item", "segment", "segment_split", "withdrawal", "run", "wave", "checkpoint")) {
            ItemLedger.update(connection, "delete from " + table);
          }
          return null;
        });
    return database;
  }

  @Test
  void shouldCatchUpWithWhatWasStoredWhileTheServerWasAway() throws Exception {
    ItemLedger items = new ItemLedger(newDatabase(), () -> NOW);
    StoreSettings twoASegment = new StoreSettings(1 << 20, 2, Duration.ofMinutes(1));
    try (SegmentStore store =
        SegmentStore.open(
            folder.resolve("store"),
            twoASegment,
            file -> new MirroredLedger(file, items, new Withdrawals(folder.resolve("store"))))) {
      store.append(TestItems.SCHEMA, TestItems.item(0));
      store.append(TestItems.SCHEMA, TestItems.item(1));
      assertEquals(Map.of(ItemState.STORED, 2L), items.counts());
      server.stop();
      store.append(TestItems.SCHEMA, TestItems.item(2));
      store.append(TestItems.SCHEMA, TestItems.item(3));
      server.startAgain();
      store.append(TestItems.SCHEMA, TestItems.item(4));
      store.append(TestItems.SCHEMA, TestItems.item(5));
      assertEquals(Map.of(ItemState.STORED, 6L), items.counts());
    }
  }

  @Test
  void shouldTakeNamesOfAnyLength() {
    SegmentSchema schema = new SegmentSchema("t", "e", 4, 16, 2, ImageFit.VERSION);
    SegmentRecord one = segments(1, 1, schema).get(0);
    var item = one.items().get(0);
    var named =
        new io.hybnext.streams.store.StoredItem(
            "x".repeat(9000), item.contentHash(), "c", "train", "s".repeat(9000));
    ItemLedger items = new ItemLedger(newDatabase(), () -> NOW);
    items.publish(new SegmentRecord(0, "f", "h", 1, schema, List.of(named)));
    assertEquals(Map.of(ItemState.STORED, 1L), items.counts());
  }
}
