package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Scope;

/**
 * What random numbers of a batch depend on. Arrays are shared, not copied.
 *
 * @param seed of the run
 * @param step of training
 * @param samples number of each sample in the global batch
 * @param on whether dropout and dropped conditions are on at all
 */
public record Noise(long seed, long step, long[] samples, boolean on) {

  /** No dropout for a batch of this size. */
  public static Noise none(int batchSize) {
    return new Noise(0, 0, new long[batchSize], false);
  }

  /** Which samples train without their condition, so that guidance has a null branch to use. */
  public boolean[] dropped(double probability) {
    boolean[] dropped = new boolean[samples.length];
    for (int i = 0; on && i < dropped.length; i++) {
      long key = CounterRandom.key(seed, RandomStreams.CONDITION_DROP, step, samples[i]);
      dropped[i] = CounterRandom.uniform(key, 0) < probability;
    }
    return dropped;
  }

  /** Keys of the dropout on embeddings, (B). */
  public Array tokenKeys(Scope scope) {
    return scope.longs(
        RandomStreams.keys(seed, RandomStreams.TOKEN_DROPOUT, step, samples), samples.length);
  }

  /** Keys of a block's two dropouts, attention output and feed-forward output: (2, B). */
  public Array blockKeys(Scope scope, int block) {
    long[] both = new long[2 * samples.length];
    long[] resid = RandomStreams.keys(seed, RandomStreams.residDropout(block), step, samples);
    long[] ffn = RandomStreams.keys(seed, RandomStreams.ffnDropout(block), step, samples);
    System.arraycopy(resid, 0, both, 0, samples.length);
    System.arraycopy(ffn, 0, both, samples.length, samples.length);
    return scope.longs(both, 2, samples.length);
  }
}
