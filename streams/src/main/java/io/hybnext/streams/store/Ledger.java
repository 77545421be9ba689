package io.hybnext.streams.store;

import io.hybnext.streams.item.Quarantined;
import io.hybnext.streams.item.SourcePosition;
import java.util.List;

/**
 * The truth about a store: which segments exist and which items were put aside. Append-only; an
 * entry is there entirely or not at all, whatever crashes when. One writer at a time, used by one
 * thread at a time; {@link FileLedger} keeps it in a file, a database can as well.
 */
public interface Ledger extends AutoCloseable {

  /** Published segments, in order. */
  List<SegmentRecord> segments();

  /** Items that are aside now, in order, each once, for the reason found last. */
  List<Quarantined> quarantined();

  /** Whether something that lies there is aside. */
  boolean isAside(String origin);

  /**
   * Lists a segment whose file is on disk already; when this returns, a crash cannot undo it.
   *
   * @throws StoreException when it cannot be written; then it is not listed
   */
  default void publish(SegmentRecord segment) {
    publish(segment, List.of());
  }

  /**
   * Lists a segment and in the same entry notes how far sources were followed: both are there after
   * a crash, or neither.
   *
   * @throws StoreException when it cannot be written; then it is not listed
   */
  void publish(SegmentRecord segment, List<SourcePosition> positions);

  /**
   * Notes how far sources were followed where no segment came of it. Survives a crash once it
   * returns.
   *
   * @throws StoreException when it cannot be written
   */
  void follow(List<SourcePosition> positions);

  /** How far a source was followed; 0 when it never was. */
  long position(String source);

  /**
   * Notes an item put aside, unless the same is noted already. Survives a crash once a later
   * segment is published or the ledger closed; until then a further run may have to find it again.
   *
   * @throws StoreException when it cannot be written
   */
  void quarantine(Quarantined item);

  /**
   * Tells of an item that was taken and will be in a later segment; a ledger need not note it.
   *
   * @param schema that it is stored under
   */
  default void arrived(SegmentSchema schema, StoredItem item) {}

  /** Makes everything noted durable and lets another writer in. */
  @Override
  void close();
}
