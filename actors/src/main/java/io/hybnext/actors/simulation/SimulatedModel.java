package io.hybnext.actors.simulation;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sample;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WavePlan;
import java.util.ArrayList;
import java.util.List;

/**
 * What is trained in a simulation: a few numbers instead of a network, and the items of a snapshot
 * in the order of the real {@link WavePlan}. Everything about it follows from these values, so the
 * same ones have the same undisturbed trajectory.
 *
 * @param microshards microshards of a global batch
 * @param lengths elements of each bucket
 */
record SimulatedModel(int microshards, List<Integer> lengths) {
  private static final int ITEMS = 997;
  private static final int ITEMS_A_MICROSHARD = 2;
  private static final int ITEMS_AN_OFFER = 13;
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

  /** Order of the items, with those that enter. */
  WavePlan plan(List<Wave> waves) {
    return new WavePlan(DATA_SEED, ITEMS, microshards * ITEMS_A_MICROSHARD, waves);
  }

  /** All items there are after so many waves were offered, each with some more. */
  SnapshotId snapshot(int offered) {
    List<String> splits = List.of("train");
    long items = ITEMS + ITEMS_AN_OFFER * (long) offered;
    return new SnapshotId("tokenizer", "encoder", splits, 1 + offered, items, "of " + items);
  }

  /** The batch of a microshard. */
  Batch batch(WavePlan plan, long step, int microshard) {
    long[] items = plan.items(step, microshard, microshards);
    List<Sample> samples = new ArrayList<>(items.length);
    for (long item : items) {
      samples.add(new Sample(item, NO_TOKENS, "", NO_FEATURE));
    }
    return new Batch(step, microshard, samples);
  }
}
