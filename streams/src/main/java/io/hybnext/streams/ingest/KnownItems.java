package io.hybnext.streams.ingest;

import io.hybnext.file.Sha256;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.store.StoredItem;
import java.util.HashMap;
import java.util.Map;

/** Tells new content from content that is stored already or came before in this run. One thread. */
final class KnownItems {
  private final Map<String, StoredItem> stored;
  private final Map<String, Seen> seen = new HashMap<>();

  /** What came in this run, and where it lay. */
  private record Seen(String id, String path) {}

  /** With what earlier runs stored under the same schema, by content hash. */
  KnownItems(Map<String, StoredItem> stored) {
    this.stored = stored;
  }

  /**
   * Looks at the next item of the stream.
   *
   * @return true if it is new, false if just this item is stored or on its way; a source that never
   *     ends may offer it again
   * @throws QuarantineException when it is a duplicate or differs from what is stored
   */
  boolean isNew(ImageItem item, String contentHash) {
    Seen now = new Seen(item.id(), item.relativePath());
    Seen before = seen.putIfAbsent(contentHash, now);
    if (now.equals(before)) {
      return false;
    }
    if (before != null) {
      throw duplicate(before.id());
    }
    StoredItem known = stored.get(contentHash);
    if (known == null) {
      return true;
    }
    if (!known.id().equals(item.id())) {
      throw duplicate(known.id());
    }
    if (!known.captionHash().equals(Sha256.shortHex(item.caption()))
        || !known.split().equals(item.split())) {
      throw new QuarantineException(
          QuarantineRule.CAPTION_CHANGED,
          "is stored with another caption or split; stored items do not change: ingest into a new store to use the new one");
    }
    return false;
  }

  private static QuarantineException duplicate(String id) {
    return new QuarantineException(QuarantineRule.DUPLICATE, "has the same bytes as item " + id);
  }
}
