package io.hybnext.gpu;

/**
 * Random numbers without a state: word {@code i} of a row is a function of the row's key and {@code
 * i} alone, so it is the same for any placement of the row in a batch and any number of processes.
 * Keys come from {@link #key}; kernels draw with the methods of {@code random.ts} ({@link #text}),
 * host code with {@link #word} and {@link #uniform(long, long)}, which give the same numbers.
 *
 * <p>Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014); the
 * words of a row are those of {@link java.util.SplittableRandom} seeded with its key. Not for
 * secrets. Thread-safe but for {@link Array}s.
 */
public final class CounterRandom {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;
  private static final double UNIT = 0x1p-24;

  private final KernelModule kernels;

  /** Compiles the kernels for an engine. */
  public CounterRandom(TorchEngine engine) {
    KernelSource calls = KernelSource.resource(CounterRandom.class, "random_calls.ts");
    kernels = KernelModule.compile(engine, text().followedBy(calls));
  }

  /**
   * The methods {@code random_words(keys, count)}, {@code random_uniform(keys, count)}, {@code
   * random_normal(keys, count)} and {@code random_keep(keys, count, threshold, scale, type)} for
   * kernels that draw within: {@code keys} is (B) int64, results are (B, count).
   */
  public static KernelSource text() {
    return KernelSource.resource(CounterRandom.class, "random.ts");
  }

  /**
   * The key of one row.
   *
   * @param seed of the run
   * @param stream what the numbers are for; a different number for each use
   * @param step of training, or 0
   * @param sample number of the sample in the global batch, or another number of the row
   */
  public static long key(long seed, long stream, long step, long sample) {
    return absorb(absorb(absorb(mix(seed + GAMMA), stream), step), sample);
  }

  private static long absorb(long state, long value) {
    return mix(Long.rotateLeft(state, 23) * 0xd6e8feb86659fd93L + mix(value + GAMMA));
  }

  /** Word {@code index} (from 0) of a row: 64 random bits. */
  public static long word(long key, long index) {
    return mix(key + (index + 1) * GAMMA);
  }

  /** Number {@code index} (from 0) of a row of {@link #uniform(Scope, long[], int)}. */
  public static float uniform(long key, long index) {
    return (float) ((word(key, index) >>> 40) * UNIT);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /**
   * Uniform numbers in [0, 1), multiples of 2^-24.
   *
   * @param keys one a row
   * @return (keys.length, count) fp32, owned by {@code owner}
   */
  public Array uniform(Scope owner, long[] keys, int count) {
    return draw(owner, "uniform", keys, count);
  }

  /**
   * Standard normal numbers (Box-Muller, in double inside).
   *
   * @param keys one a row
   * @return (keys.length, count) fp32, owned by {@code owner}
   */
  public Array normal(Scope owner, long[] keys, int count) {
    return draw(owner, "normal", keys, count);
  }

  private Array draw(Scope owner, String method, long[] keys, int count) {
    try (Array rows = owner.longs(keys, keys.length);
        Array length = owner.longs(new long[] {count})) {
      return kernels.call(owner, method, rows, length);
    }
  }

  /** In 1/65536: the threshold of {@code random_keep} that drops with the given probability. */
  public static int dropThreshold(double probability) {
    return (int) Math.round(probability * 65536);
  }

  /**
   * Whether {@code random_keep} keeps element {@code index} of a row of {@code count} elements:
   * four 16-bit lanes a word, the first quarter of the row in the lowest lanes.
   */
  public static boolean keeps(long key, int count, int index, int threshold) {
    int words = (count + 3) / 4;
    long lane = word(key, index % words) >>> (16 * (index / words)) & 0xffff;
    return lane >= threshold;
  }

  /**
   * A dropout mask as kernels draw it: 0 with the given probability, else 1 / (1 - probability).
   *
   * @param keys one a row
   * @return (keys.length, count) fp32, owned by {@code owner}
   */
  public Array keep(Scope owner, long[] keys, int count, double probability) {
    try (Array rows = owner.longs(keys, keys.length);
        Array numbers = owner.longs(new long[] {count, dropThreshold(probability)}, 2);
        Array scale = owner.floats(new float[] {(float) (1 / (1 - probability))})) {
      return kernels.call(owner, "keep", rows, numbers, scale);
    }
  }
}
