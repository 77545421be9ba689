package io.hybnext.model.transformer;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import java.util.Optional;

/**
 * A batch on the device, ready for {@link Transformer}. Owned by the scope it was made in.
 *
 * @param ids image tokens fed, (B, n) int64
 * @param condition classes (B) int64 or caption features (B, T, C) fp32
 * @param drop captions only: 1 where the null features replace the caption, (B) uint8
 * @param mask captions only: (B, 1, S, S) added to attention scores; absent for causal
 * @param table rotary rows (S, D/H/2, 2) fp32
 * @param noise keys of the dropouts
 */
public record NetworkInputs(
    Array ids,
    Array condition,
    Optional<Array> drop,
    Optional<Array> mask,
    Array table,
    Noise noise) {

  /**
   * What random numbers of a batch depend on.
   *
   * @param seed of the run
   * @param step of training
   * @param samples number of each sample in the global batch
   * @param on whether dropout is on at all
   */
  public record Noise(long seed, long step, long[] samples, boolean on) {

    /** No dropout for a batch of this size. */
    public static Noise none(int batchSize) {
      return new Noise(0, 0, new long[batchSize], false);
    }

    Array tokenKeys(Scope scope) {
      return scope.longs(
          RandomStreams.keys(seed, RandomStreams.TOKEN_DROPOUT, step, samples), samples.length);
    }

    /** (2, B): attention output, feed-forward output. */
    Array blockKeys(Scope scope, int block) {
      long[] both = new long[2 * samples.length];
      long[] resid = RandomStreams.keys(seed, RandomStreams.residDropout(block), step, samples);
      long[] ffn = RandomStreams.keys(seed, RandomStreams.ffnDropout(block), step, samples);
      System.arraycopy(resid, 0, both, 0, samples.length);
      System.arraycopy(ffn, 0, both, samples.length, samples.length);
      return scope.longs(both, 2, samples.length);
    }
  }
}
