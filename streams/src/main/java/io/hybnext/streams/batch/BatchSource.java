package io.hybnext.streams.batch;

import java.util.concurrent.CompletionStage;

/**
 * Gives the batches of a run. What a batch holds depends on run seed, data snapshot, step and
 * microshard alone, never on who asks or how often. Thread-safe.
 */
public interface BatchSource extends AutoCloseable {

  /** Number of items in the snapshot. */
  long size();

  /** The batch of one microshard; fails with a message for people when the store cannot be read. */
  CompletionStage<Batch> batch(long step, int microshard);

  /** Stops reading ahead and releases files. */
  @Override
  void close();
}
