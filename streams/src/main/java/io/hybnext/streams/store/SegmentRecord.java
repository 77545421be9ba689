package io.hybnext.streams.store;

import java.util.List;

/**
 * A published segment, as the ledger lists it.
 *
 * @param number from 0, without gaps
 * @param file its name in the store's folder
 * @param sha256 of the whole file, hex
 * @param sizeBytes of the file
 * @param schema what its items have in common
 * @param items in the order of its rows
 */
public record SegmentRecord(
    int number,
    String file,
    String sha256,
    long sizeBytes,
    SegmentSchema schema,
    List<StoredItem> items) {

  /** Copies the list. */
  public SegmentRecord {
    items = List.copyOf(items);
  }
}
