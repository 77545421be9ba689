package io.hybnext.streams.batch;

import java.util.List;

/**
 * The samples of one microshard of one step. Position {@code i} of the microshard is position
 * {@code microshard * samples.size() + i} of the global batch, whoever computes it.
 *
 * @param step number of the optimiser step, from 0
 * @param microshard number of the microshard, from 0
 * @param samples in order
 */
public record Batch(long step, int microshard, List<Sample> samples) {

  /** Copies the list. */
  public Batch {
    samples = List.copyOf(samples);
  }
}
