package io.hybnext.actors.simulation;

import java.util.SplittableRandom;

/**
 * Random numbers of one purpose within one simulation: number {@code i} is a function of seed,
 * purpose and {@code i} alone, so that another draw elsewhere changes nothing here. The numbers are
 * those of a {@link SplittableRandom}, which counts and mixes.
 */
final class Chance {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final SplittableRandom random;

  /**
   * Starts a row of numbers.
   *
   * @param seed of the simulation
   * @param purpose a different number for each use
   */
  Chance(long seed, long purpose) {
    random = new SplittableRandom(new SplittableRandom(seed).nextLong() ^ purpose * GOLDEN);
  }

  /** True with this probability. */
  boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  /** 0 to {@code bound} - 1, evenly. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** {@code first} to {@code last}, evenly. */
  long between(long first, long last) {
    return random.nextLong(first, last + 1);
  }

  /** A wait whose mean is this: most are shorter, a few much longer. */
  long waitNs(double meanNs) {
    return (long) Math.min(1e18, -meanNs * Math.log1p(-random.nextDouble()));
  }
}
