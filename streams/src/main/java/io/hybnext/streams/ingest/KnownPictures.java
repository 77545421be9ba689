package io.hybnext.streams.ingest;

import io.hybnext.streams.image.PictureHash;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import io.hybnext.streams.store.StoredItem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Tells pictures that look like one that is stored or came before. All of them are compared: a
 * million take about a millisecond. One thread.
 */
final class KnownPictures {
  private final int distance;
  private final List<String> ids = new ArrayList<>();
  private long[] hashes = new long[1024];

  /**
   * Pictures.
   *
   * @param distance bits that two hashes of one picture may differ in; below 0 compares nothing
   * @param stored by earlier runs
   */
  KnownPictures(int distance, Collection<StoredItem> stored) {
    this.distance = distance;
    for (StoredItem item : stored) {
      if (distance >= 0 && item.picture() != null) {
        add(item.id(), Long.parseUnsignedLong(item.picture(), 16));
      }
    }
  }

  /** Whether pictures are compared. */
  boolean areCompared() {
    return distance >= 0;
  }

  /**
   * Looks at the next picture and keeps it.
   *
   * @throws QuarantineException when it looks like another
   */
  void check(String id, long hash) {
    for (int i = 0; i < ids.size(); i++) {
      int bits = PictureHash.distance(hashes[i], hash);
      if (bits <= distance && !ids.get(i).equals(id)) {
        throw new QuarantineException(
            QuarantineRule.DUPLICATE,
            "looks like item %s (%d of 64 bits differ; intake.similar-distance = %d)"
                .formatted(ids.get(i), bits, distance));
      }
    }
    add(id, hash);
  }

  private void add(String id, long hash) {
    if (ids.size() == hashes.length) {
      hashes = Arrays.copyOf(hashes, 2 * hashes.length);
    }
    hashes[ids.size()] = hash;
    ids.add(id);
  }
}
