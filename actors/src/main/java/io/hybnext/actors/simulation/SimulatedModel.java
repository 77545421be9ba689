package io.hybnext.actors.simulation;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.batch.Sampler;
import java.util.ArrayList;
import java.util.List;

/**
 * What is trained in a simulation: a few numbers instead of a network, and the items of a snapshot
 * in the order of the real {@link Sampler}. Everything about it follows from these values, so the
 * same ones have the same undisturbed trajectory.
 *
 * @param microshards microshards of a global batch
 * @param lengths elements of each bucket
 */
record SimulatedModel(int microshards, List<Integer> lengths) {
  private static final int ITEMS = 997;
  private static final int ITEMS_A_MICROSHARD = 2;
  private static final long DATA_SEED = 20261122;
  private static final int[] NO_TOKENS = {};
  private static final float[] NO_FEATURE = {};

  /** The parameters as the exchange sees them: a chunk a bucket. */
  BucketLayout layout() {
    List<Bucket> buckets = new ArrayList<>();
    for (int length : lengths) {
      buckets.add(new Bucket("bucket-" + buckets.size(), length));
    }
    return new BucketLayout(buckets);
  }

  /** Order of the items. */
  Sampler sampler() {
    return new Sampler(DATA_SEED, ITEMS, microshards * ITEMS_A_MICROSHARD);
  }

  /** The batch of a microshard. */
  Batch batch(Sampler sampler, long step, int microshard) {
    long[] items = sampler.items(step, microshard, microshards);
    List<Sample> samples = new ArrayList<>(items.length);
    for (long item : items) {
      samples.add(new Sample(item, NO_TOKENS, "", NO_FEATURE));
    }
    return new Batch(step, microshard, samples);
  }
}
