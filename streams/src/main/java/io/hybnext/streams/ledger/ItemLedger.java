package io.hybnext.streams.ledger;

import io.hybnext.file.Sha256;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.SegmentSchema;
import io.hybnext.streams.store.StoredItem;
import io.hybnext.streams.store.Withdrawal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Items, segments and withdrawals of one store in a database. Each call is one transaction and may
 * be repeated: a segment that is there is not entered twice. Thread-safe.
 */
public final class ItemLedger {
  private static final String INSERT =
      "insert into item (item_key, id, id_key, study, study_key, content_hash, split, state, rule,"
          + " message, schema_key, segment, row_number, noted_at)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /** From here on indexes are made after the items. */
  private static final int MANY_ITEMS = 1 << 13;

  private final LedgerDatabase database;
  private final Supplier<Instant> clock;

  /** The ledger in a database; {@code clock} gives the times that are noted. */
  public ItemLedger(LedgerDatabase database, Supplier<Instant> clock) {
    this.database = database;
    this.clock = clock;
  }

  /** What items of a schema are told apart from others by. */
  public static String schemaKey(SegmentSchema schema) {
    return schemaKey(schema.tokenizer(), schema.encoder(), schema.preparation());
  }

  static String schemaKey(String tokenizer, String encoder, String preparation) {
    return Sha256.shortHex(tokenizer + "\n" + encoder + "\n" + preparation);
  }

  /**
   * Makes the database say what the store's files say: enters segments, items put aside and
   * withdrawals that it lacks, and drops what the files do not list. Several transactions: what a
   * crash leaves undone the next call does.
   *
   * @return segments entered or dropped
   */
  public int reconcile(
      List<SegmentRecord> segments, List<Quarantined> aside, List<Withdrawal> withdrawals) {
    return database.hold(
        () -> {
          int dropped = database.transaction(connection -> dropUnlisted(connection, segments));
          int entered = enterMissing(segments);
          database.transaction(
              connection -> {
                keepAside(connection, aside);
                Set<String> noted =
                    texts(connection, "select item_key from item where segment is null");
                putAside(
                    connection, aside.stream().filter(one -> !noted.contains(key(one))).toList());
                for (Withdrawal withdrawal : withdrawals) {
                  withdraw(connection, withdrawal);
                }
                return null;
              });
          return dropped + entered;
        });
  }

  /** A transaction a segment: a store may have millions of items. */
  private int enterMissing(List<SegmentRecord> segments) {
    Set<String> entered =
        database.transaction(
            connection -> texts(connection, "select cast(number as varchar) from segment"));
    List<SegmentRecord> missing =
        segments.stream()
            .filter(segment -> !entered.contains(Integer.toString(segment.number())))
            .toList();
    long items = missing.stream().mapToLong(segment -> segment.items().size()).sum();
    if (items >= MANY_ITEMS && database.transaction(ItemLedger::isFirstEntry)) {
      database.transaction(ItemIndexes::drop);
    }
    for (SegmentRecord segment : missing) {
      database.transaction(connection -> enter(connection, segment));
    }
    database.transaction(ItemIndexes::create); // also those that a crash left dropped
    if (items >= MANY_ITEMS) {
      database.transaction(ItemIndexes::count);
    }
    return missing.size();
  }

  private static boolean isFirstEntry(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement("select 1 from item limit 1");
        ResultSet rows = query.executeQuery()) {
      return !rows.next();
    }
  }

  private static int dropUnlisted(Connection connection, List<SegmentRecord> segments)
      throws SQLException {
    update(connection, "delete from item where state = '" + ItemState.NEW + "'");
    int first = Integer.MAX_VALUE;
    try (PreparedStatement query =
            connection.prepareStatement("select number, sha256 from segment order by number");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        int number = rows.getInt(1);
        boolean listed =
            number < segments.size() && segments.get(number).sha256().equals(rows.getString(2));
        first = listed ? first : Math.min(first, number);
      }
    }
    if (first == Integer.MAX_VALUE) {
      return 0;
    }
    update(connection, "delete from item where segment >= ?", first);
    update(connection, "delete from segment_split where number >= ?", first);
    return update(connection, "delete from segment where number >= ?", first);
  }

  /** Enters a segment that the file ledger lists. */
  public void publish(SegmentRecord segment) {
    database.transaction(connection -> enter(connection, segment));
  }

  private int enter(Connection connection, SegmentRecord segment) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select 1 from segment where number = ?")) {
      query.setInt(1, segment.number());
      if (query.executeQuery().next()) {
        return 0;
      }
    }
    String schema = schemaKey(segment.schema());
    update(
        connection,
        "insert into segment (number, file, sha256, schema_key, items) values (?, ?, ?, ?, ?)",
        segment.number(),
        segment.file(),
        segment.sha256(),
        schema,
        segment.items().size());
    Map<String, Integer> splits = new HashMap<>();
    segment.items().forEach(item -> splits.merge(item.split(), 1, Integer::sum));
    for (Map.Entry<String, Integer> split : splits.entrySet()) {
      update(
          connection,
          "insert into segment_split (number, split, items) values (?, ?, ?)",
          segment.number(),
          split.getKey(),
          split.getValue());
    }
    enterItems(connection, segment, schema);
    return 1;
  }

  /** Rows of the same items that were new, or put aside before, go. */
  private void enterItems(Connection connection, SegmentRecord segment, String schema)
      throws SQLException {
    boolean forgets = hasOpenItems(connection); // seldom while a whole store is entered
    try (PreparedStatement forget =
            connection.prepareStatement(
                "delete from item where id_key = ? and state in ('NEW', 'QUARANTINED')");
        PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (int row = 0; row < segment.items().size(); row++) {
        StoredItem item = segment.items().get(row);
        if (forgets) {
          forget.setString(1, Sha256.shortHex(item.id()));
          forget.addBatch();
        }
        fill(insert, schema + ":" + item.contentHash(), item, ItemState.STORED, schema);
        insert.setInt(12, segment.number());
        insert.setInt(13, row);
        insert.addBatch();
      }
      if (forgets) {
        forget.executeBatch();
      }
      insert.executeBatch();
    }
  }

  private static boolean hasOpenItems(Connection connection) throws SQLException {
    for (ItemState open : List.of(ItemState.NEW, ItemState.QUARANTINED)) {
      try (PreparedStatement query =
          connection.prepareStatement("select 1 from item where state = ? limit 1")) {
        query.setString(1, open.name());
        if (query.executeQuery().next()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Notes items whose segment is not listed yet. */
  public void arrived(SegmentSchema schema, Collection<StoredItem> items) {
    String key = schemaKey(schema);
    database.transaction(
        connection -> {
          try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (StoredItem item : items) {
              String newKey = "new:" + key + ":" + item.contentHash();
              fill(insert, newKey, item, ItemState.NEW, key);
              insert.setNull(12, Types.INTEGER);
              insert.setNull(13, Types.INTEGER);
              insert.addBatch();
            }
            return insert.executeBatch();
          }
        });
  }

  private void fill(
      PreparedStatement insert, String key, StoredItem item, ItemState state, String schema)
      throws SQLException {
    insert.setString(1, key);
    insert.setString(2, item.id());
    insert.setString(3, Sha256.shortHex(item.id()));
    insert.setString(4, item.study());
    insert.setString(5, item.study() == null ? null : Sha256.shortHex(item.study()));
    insert.setString(6, item.contentHash());
    insert.setString(7, item.split());
    insert.setString(8, state.name());
    insert.setString(9, null);
    insert.setString(10, null);
    insert.setString(11, schema);
    insert.setObject(14, now());
  }

  private OffsetDateTime now() {
    return OffsetDateTime.ofInstant(clock.get(), ZoneOffset.UTC);
  }

  /** Notes items put aside; the same one once. */
  public void putAside(Collection<Quarantined> items) {
    database.transaction(
        connection -> {
          putAside(connection, items);
          return null;
        });
  }

  private void putAside(Connection connection, Collection<Quarantined> items) throws SQLException {
    for (Quarantined item : items) {
      String key = key(item);
      update(connection, "delete from item where item_key = ?", key);
      boolean duplicate = item.rule() == QuarantineRule.DUPLICATE;
      update(
          connection,
          "insert into item (item_key, id, id_key, content_hash, state, rule, message, noted_at)"
              + " values (?, ?, ?, ?, ?, ?, ?, ?)",
          key,
          item.item(),
          item.item() == null ? null : Sha256.shortHex(item.item()),
          item.contentHash(),
          (duplicate ? ItemState.DUPLICATE : ItemState.QUARANTINED).name(),
          item.rule().key(),
          item.message(),
          now());
    }
  }

  /** Forgets all that was put aside but what still is. */
  void keepAside(Collection<Quarantined> aside) {
    database.transaction(
        connection -> {
          keepAside(connection, aside);
          return null;
        });
  }

  private static void keepAside(Connection connection, Collection<Quarantined> aside)
      throws SQLException {
    Set<String> over = texts(connection, "select item_key from item where item_key like 'aside:%'");
    aside.forEach(item -> over.remove(key(item)));
    try (PreparedStatement delete =
        connection.prepareStatement("delete from item where item_key = ?")) {
      for (String key : over) {
        delete.setString(1, key);
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  private static String key(Quarantined item) {
    return "aside:" + new Sha256().add(item.origin() + "\n" + item.message()).hex();
  }

  private static Set<String> texts(Connection connection, String sql) throws SQLException {
    Set<String> texts = new HashSet<>();
    try (PreparedStatement query = connection.prepareStatement(sql);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  /**
   * Notes a withdrawal.
   *
   * @return stored items that are withdrawn by it
   */
  public int withdraw(Withdrawal withdrawal) {
    return database.transaction(connection -> withdraw(connection, withdrawal));
  }

  private static int withdraw(Connection connection, Withdrawal withdrawal) throws SQLException {
    String key = Sha256.shortHex(withdrawal.study());
    update(connection, "delete from withdrawal where study = ?", withdrawal.study());
    update(
        connection,
        "insert into withdrawal (study, withdrawn_at) values (?, ?)",
        withdrawal.study(),
        withdrawal.time());
    int items = 0;
    for (String column : List.of("study_key", "id_key")) { // one at a time: each has its index
      update(
          connection,
          "update item set state = 'WITHDRAWN' where state = 'STORED' and " + column + " = ?",
          key);
      items += withdrawn(connection, column, key);
    }
    return items;
  }

  private static int withdrawn(Connection connection, String column, String key)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select count(*) from item where state = 'WITHDRAWN' and " + column + " = ?")) {
      query.setString(1, key);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** How many segments are entered. */
  public long segments() {
    return database.transaction(
        connection -> {
          try (PreparedStatement query =
                  connection.prepareStatement("select count(*) from segment");
              ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getLong(1);
          }
        });
  }

  /** How many items are in each state. */
  public Map<ItemState, Long> counts() {
    return database.transaction(
        connection -> {
          Map<ItemState, Long> counts = new EnumMap<>(ItemState.class);
          try (PreparedStatement query =
                  connection.prepareStatement("select state, count(*) from item group by state");
              ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
              counts.put(ItemState.valueOf(rows.getString(1)), rows.getLong(2));
            }
          }
          return counts;
        });
  }

  static int update(Connection connection, String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }
}
