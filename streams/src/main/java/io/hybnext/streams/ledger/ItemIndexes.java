package io.hybnext.streams.ledger;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * The indexes of the table of items that entering does not need. While many items are entered into
 * an empty table there are none: making them of what is there costs a fraction of keeping them up
 * row by row.
 */
final class ItemIndexes {
  /** Columns by name, as migration V1 makes them. */
  private static final Map<String, String> COLUMNS =
      Map.of(
          "item_by_id", "id_key",
          "item_by_study", "study_key",
          "item_by_row", "segment, row_number");

  private ItemIndexes() {}

  /** Drops them; returns how many there may have been. */
  static int drop(Connection connection) throws SQLException {
    for (String index : COLUMNS.keySet()) {
      ItemLedger.update(connection, "drop index if exists " + index);
    }
    return COLUMNS.size();
  }

  /**
   * Has PostgreSQL count what is there now: until it does so by itself, a minute later, it may look
   * for a study by walking through all stored items, as it takes every column for as telling.
   */
  static boolean count(Connection connection) throws SQLException {
    boolean counts = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    if (counts) {
      ItemLedger.update(connection, "analyze item");
    }
    return counts;
  }

  /** Makes those that are missing; returns how many there are. */
  static int create(Connection connection) throws SQLException {
    for (Map.Entry<String, String> index : COLUMNS.entrySet()) {
      ItemLedger.update(
          connection,
          "create index if not exists " + index.getKey() + " on item (" + index.getValue() + ")");
    }
    return COLUMNS.size();
  }
}
