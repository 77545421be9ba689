package io.hybnext.model.decoder;

import io.hybnext.gpu.CounterRandom;

/** Numbers of the random streams of a run, so that no two uses draw the same numbers. */
public final class RandomStreams {
  /** Whether a sample's condition is replaced by the null condition. */
  public static final long CONDITION_DROP = 1;

  /** Dropout on the embeddings. */
  public static final long TOKEN_DROPOUT = 2;

  /** Initial weights; the row is the number of the parameter. */
  public static final long INITIAL_WEIGHTS = 3;

  /** Initial weights of the projector, apart so that the network's are the same without it. */
  public static final long INITIAL_PROJECTOR = 4;

  /** Vectors of words. */
  public static final long WORDS = 5;

  /** Noise that picks tokens when sampling. */
  public static final long SAMPLING = 6;

  private static final long BLOCKS = 1L << 32;

  private RandomStreams() {}

  /** Dropout on the attention output of a block. */
  public static long residDropout(int block) {
    return BLOCKS + 2L * block;
  }

  /** Dropout on the feed-forward output of a block. */
  public static long ffnDropout(int block) {
    return BLOCKS + 2L * block + 1;
  }

  /** One key a sample. */
  public static long[] keys(long seed, long stream, long step, long[] samples) {
    long[] keys = new long[samples.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = CounterRandom.key(seed, stream, step, samples[i]);
    }
    return keys;
  }
}
