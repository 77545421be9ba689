package io.hybnext.streams.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.file.Sha256;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.Sampler;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WavePlan;
import io.hybnext.streams.image.ImageFit;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.StoredItem;
import io.hybnext.streams.store.Withdrawal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On H2; {@link PostgresLedgerTest} does the same on a PostgreSQL server. */
class ItemLedgerTest {
  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final SegmentSchema SCHEMA =
      new SegmentSchema("tok", "enc", 4, 16, 2, ImageFit.VERSION);
  private static final String TIME = "2026-01-01T00:00:00Z";

  @TempDir Path folder;

  private LedgerDatabase database;
  private ItemLedger ledger;

  LedgerDatabase newDatabase() throws Exception {
    return LedgerDatabase.ofStore(folder);
  }

  @BeforeEach
  void open() throws Exception {
    database = newDatabase();
    ledger = new ItemLedger(database, () -> NOW);
  }

  /** Two items a study; every fifth one is held out. */
  static StoredItem item(int number) {
    return new StoredItem(
        "item-" + number,
        Sha256.hex(new byte[] {(byte) number, (byte) (number >> 8)}),
        "c",
        number % 5 == 4 ? "val" : "train",
        "2.25." + number / 2);
  }

  static List<SegmentRecord> segments(int items, int itemsASegment, SegmentSchema schema) {
    List<SegmentRecord> segments = new ArrayList<>();
    for (int from = 0; from < items; from += itemsASegment) {
      List<StoredItem> rows = new ArrayList<>();
      for (int i = from; i < Math.min(items, from + itemsASegment); i++) {
        rows.add(item(i));
      }
      int number = segments.size();
      segments.add(
          new SegmentRecord(number, "s" + number, Sha256.shortHex("s" + from), 1, schema, rows));
    }
    return segments;
  }

  private static Quarantined aside(String id, QuarantineRule rule) {
    return new Quarantined(id, id, null, rule, id + ": " + rule);
  }

  @Test
  void shouldNameTheNewestMigration() throws Exception {
    Path migrations =
        Path.of(LedgerDatabase.class.getResource("/io/hybnext/streams/ledger/migration").toURI());
    try (Stream<Path> files = Files.list(migrations)) {
      List<String> versions =
          files.map(file -> file.getFileName().toString().replaceAll("V(\\d+)__.*", "$1")).toList();
      assertEquals(
          LedgerDatabase.NEWEST,
          versions.stream().max(Comparator.comparing(Integer::valueOf)).get());
    }
  }

  @Test
  void shouldKeepOneConnectionForPiecesOfWorkThatBelongTogether() {
    Connection kept =
        database.hold(
            () -> {
              Connection first = database.transaction(connection -> connection);
              assertSame(first, database.transaction(connection -> connection));
              assertThrows(
                  LedgerException.class,
                  () ->
                      database.transaction(
                          connection -> {
                            throw new SQLException("the connection is broken");
                          }));
              Connection next = database.transaction(connection -> connection);
              assertNotSame(first, next, "after a failure another one");
              return next;
            });
    assertNotSame(kept, database.transaction(connection -> connection));
  }

  @Test
  void shouldSayWhatTheFilesSayHoweverOftenItIsPutRight() {
    List<SegmentRecord> segments = segments(40, 7, SCHEMA);
    List<Quarantined> aside =
        List.of(aside("a", QuarantineRule.BLANK), aside("b", QuarantineRule.DUPLICATE));
    Withdrawal withdrawal = new Withdrawal("2.25.3", TIME);
    assertEquals(6, ledger.reconcile(segments, aside, List.of(withdrawal)));
    Map<ItemState, Long> expected =
        Map.of(
            ItemState.STORED, 38L,
            ItemState.WITHDRAWN, 2L,
            ItemState.QUARANTINED, 1L,
            ItemState.DUPLICATE, 1L);
    assertEquals(expected, ledger.counts());
    assertEquals(0, ledger.reconcile(segments, aside, List.of(withdrawal)));
    assertEquals(expected, ledger.counts());
  }

  @Test
  void shouldForgetWhatIsNotAsideAnyMore() {
    Quarantined first = aside("a", QuarantineRule.BLANK);
    Quarantined second = aside("b", QuarantineRule.SIZE);
    ledger.putAside(List.of(first, second, aside("c", QuarantineRule.DUPLICATE)));
    ledger.keepAside(List.of(second));
    assertEquals(Map.of(ItemState.QUARANTINED, 1L), ledger.counts());
    ledger.reconcile(List.of(), List.of(first), List.of());
    assertEquals(Map.of(ItemState.QUARANTINED, 1L), ledger.counts());
  }

  @Test
  void shouldDropWhatTheFilesDoNotListAndEnterWhatTheyDo() {
    ledger.reconcile(segments(40, 7, SCHEMA), List.of(), List.of());
    List<SegmentRecord> others = segments(21, 7, SCHEMA);
    assertEquals(3, ledger.reconcile(others, List.of(), List.of()));
    assertEquals(Map.of(ItemState.STORED, 21L), ledger.counts());
    assertEquals(3, ledger.segments());
  }

  @Test
  void shouldTurnNewAndQuarantinedItemsIntoStoredOnes() {
    ledger.reconcile(List.of(), List.of(aside("item-1", QuarantineRule.UNREADABLE)), List.of());
    ledger.arrived(SCHEMA, List.of(item(0), item(1), item(2)));
    assertEquals(Map.of(ItemState.NEW, 3L, ItemState.QUARANTINED, 1L), ledger.counts());
    SegmentRecord first = segments(3, 3, SCHEMA).get(0);
    ledger.publish(first);
    ledger.publish(first);
    assertEquals(Map.of(ItemState.STORED, 3L), ledger.counts());
  }

  @Test
  void shouldNameExactlyTheCheckpointsThatDrewAStudy() {
    List<SegmentRecord> segments = segments(60, 7, SCHEMA);
    ledger.reconcile(segments, List.of(), List.of());
    List<SegmentRecord> ofRun = segments.subList(0, 6);
    DataSnapshot snapshot = DataSnapshot.of(ofRun, "tok", "enc", List.of("train"));
    Lineage lineage = new Lineage(database);
    List<Lineage.Checkpoint> checkpoints = new ArrayList<>();
    for (int step = 1; step <= 12; step++) {
      checkpoints.add(new Lineage.Checkpoint(step, "step-" + step));
    }
    lineage.note(new Lineage.Run("r", "runs/r", snapshot.id(), 7, 3), checkpoints);
    lineage.note(new Lineage.Run("r", "runs/r", snapshot.id(), 7, 3), checkpoints);
    Sampler sampler = new Sampler(7, snapshot.size(), 3);
    for (int study = 0; study < 30; study++) {
      List<Long> expected = new ArrayList<>();
      boolean drawn = false;
      for (int step = 0; step < 12; step++) {
        for (int position = 0; position < 3; position++) {
          long item = sampler.item(step, position);
          StoredItem stored = ofRun.get(snapshot.segment(item)).items().get(snapshot.row(item));
          drawn |= stored.study().equals("2.25." + study);
        }
        if (drawn) {
          expected.add(step + 1L);
        }
      }
      assertEquals(
          expected,
          lineage.of("2.25." + study).stream().map(Lineage.Seen::step).toList(),
          "study " + study);
    }
  }

  @Test
  void shouldNameTheCheckpointsThatDrewAStudyThatEnteredOnTheWay() {
    List<SegmentRecord> segments = segments(60, 7, SCHEMA);
    ledger.reconcile(segments, List.of(), List.of());
    List<SnapshotId> grown = new ArrayList<>();
    for (int count : new int[] {3, 5, 9}) {
      grown.add(DataSnapshot.of(segments.subList(0, count), "tok", "enc", List.of("train")).id());
    }
    Mixing mixing = new Mixing(0.5, 20, 2, 0, 0.1);
    List<Wave> waves =
        List.of(new Wave(3, grown.get(1), mixing), new Wave(6, grown.get(2), mixing));
    List<Lineage.Checkpoint> checkpoints = new ArrayList<>();
    for (int step = 1; step <= 40; step++) {
      checkpoints.add(new Lineage.Checkpoint(step, "step-" + step));
    }
    Lineage lineage = new Lineage(database);
    for (int again = 0; again < 2; again++) {
      lineage.note(new Lineage.Run("r", "runs/r", grown.get(0), 7, 4, waves), checkpoints);
    }
    DataSnapshot last = DataSnapshot.of(segments, "tok", "enc", List.of("train"));
    WavePlan plan = new WavePlan(7, grown.get(0).items(), 4, waves);
    for (long item = grown.get(0).items(); item < last.size(); item++) {
      long drawn = 0;
      while (!contains(plan.items(drawn, 0, 1), item)) {
        drawn++;
      }
      String id = segments.get(last.segment(item)).items().get(last.row(item)).id();
      assertEquals(drawn, lineage.of(id).get(0).firstStep(), id);
      assertEquals(40 - drawn, lineage.of(id).size(), id);
    }
  }

  private static boolean contains(long[] items, long wanted) {
    return Arrays.stream(items).anyMatch(item -> item == wanted);
  }

  @Test
  void shouldCountAnItemFromTheFirstStepAtWhichItMayHaveStoodForAWithdrawnOne() {
    List<SegmentRecord> segments = segments(40, 7, SCHEMA);
    ledger.reconcile(segments, List.of(), List.of());
    DataSnapshot snapshot = DataSnapshot.of(segments, "tok", "enc", List.of("train"));
    Lineage lineage = new Lineage(database);
    lineage.note(
        new Lineage.Run("r", "runs/r", snapshot.id(), 7, 3),
        List.of(new Lineage.Checkpoint(100, "last")));
    ledger.withdraw(new Withdrawal("item-6", TIME));
    ledger.withdraw(new Withdrawal("item-7", TIME));
    Sampler sampler = new Sampler(7, snapshot.size(), 3);
    long numberOf8 = 7; // 4 is held out
    long first = Long.MAX_VALUE;
    for (long item = numberOf8 - 2; item <= numberOf8; item++) {
      first = Math.min(first, sampler.firstStep(item));
    }
    assertEquals(first, lineage.of("item-8").get(0).firstStep());
  }

  @Test
  void shouldSayInOneSentenceThatADatabaseIsAway() {
    LedgerDatabase away = new LedgerDatabase("jdbc:postgresql://127.0.0.1:1/none", "u", "secret");
    LedgerException failed =
        assertThrows(LedgerException.class, () -> new ItemLedger(away, () -> NOW).counts());
    assertTrue(failed.getMessage().contains("jdbc:postgresql://127.0.0.1:1/none"));
    assertTrue(!failed.getMessage().contains("secret"), failed.getMessage());
  }
}
