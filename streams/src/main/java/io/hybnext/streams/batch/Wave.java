package io.hybnext.streams.batch;

/**
 * New items enter a run: from a step on, batches are drawn from a larger snapshot of the store.
 *
 * @param step the first that may draw them
 * @param snapshot all items from then on; those of the snapshot before come first in it
 * @param mixing of new and replayed items, until the next wave
 */
public record Wave(long step, SnapshotId snapshot, Mixing mixing) {

  /** Checks the step. */
  public Wave {
    if (step < 1) {
      throw new IllegalArgumentException("wave at step " + step + ": want at least 1");
    }
  }

  /** Whether it can follow a snapshot: later, more of the same kind. */
  boolean follows(long before, SnapshotId last) {
    return step > before
        && snapshot.items() > last.items()
        && snapshot.segments() > last.segments()
        && snapshot.tokenizer().equals(last.tokenizer())
        && snapshot.encoder().equals(last.encoder())
        && snapshot.splits().equals(last.splits());
  }
}
