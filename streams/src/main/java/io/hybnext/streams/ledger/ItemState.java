package io.hybnext.streams.ledger;

/** What became of an item. */
public enum ItemState {
  /** Computed, its segment not yet listed. */
  NEW,
  /** In a listed segment. */
  STORED,
  /** The same content as another item. */
  DUPLICATE,
  /** Put aside for another reason; tried again whenever its source offers it again. */
  QUARANTINED,
  /** Stored, and in no later batch. */
  WITHDRAWN
}
