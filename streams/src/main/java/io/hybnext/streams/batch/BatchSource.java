package io.hybnext.streams.batch;

import java.util.concurrent.CompletionStage;

/**
 * Gives the batches of a run. What a batch holds depends on run seed, data snapshot, waves of new
 * items, step and microshard alone, never on who asks or how often. Thread-safe.
 */
public interface BatchSource extends AutoCloseable {

  /** Number of items in the snapshot. */
  long size();

  /** The batch of one microshard; fails with a message for people when the store cannot be read. */
  CompletionStage<Batch> batch(long step, int microshard);

  /**
   * Whether a batch, perhaps asked for long before, is what its step holds. To be asked when the
   * step may be done, from when on the answer stays: new items that entered the run meanwhile
   * change steps that were asked for ahead. If not, ask for the batch again.
   *
   * @throws io.hybnext.streams.store.StoreException when that cannot be told
   */
  default boolean isCurrent(Batch batch) {
    return true;
  }

  /** Stops reading ahead and releases files. */
  @Override
  void close();
}
