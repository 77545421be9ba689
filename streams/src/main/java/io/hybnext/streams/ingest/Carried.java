package io.hybnext.streams.ingest;

import io.hybnext.streams.flow.ByteBudget.Permit;
import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.Quarantined;

/**
 * An element on its way: the item, the bytes it may hold, and what the stages made of it so far.
 *
 * @param item from the source
 * @param permit given back when the item leaves the stream
 * @param contentHash SHA-256 of the file; null before it is read
 * @param payload of the last stage
 */
record Carried<T>(ImageItem item, Permit permit, String contentHash, T payload) {

  /** The same element after a stage; the permit shrinks to what it still holds. */
  <U> Outcome<Carried<U>> with(U next, long holdsBytes) {
    permit.shrinkTo(holdsBytes);
    return Outcome.kept(new Carried<>(item, permit, contentHash, next));
  }

  /** The element put aside; its bytes are free again. */
  <U> Outcome<U> rejected(QuarantineException reason) {
    permit.close();
    return rejected(item, contentHash, reason);
  }

  /** An item put aside before it had a permit. */
  static <U> Outcome<U> rejected(ImageItem item, String contentHash, QuarantineException reason) {
    String path = item.relativePath();
    String message = path + ": " + reason.getMessage();
    return Outcome.rejected(new Quarantined(path, item.id(), contentHash, reason.rule(), message));
  }
}
