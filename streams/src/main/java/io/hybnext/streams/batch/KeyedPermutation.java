package io.hybnext.streams.batch;

/**
 * A permutation of 0 to size - 1 that depends on a key and is computed for one position at a time,
 * in constant memory: a balanced Feistel network over the smallest even number of bits that holds
 * the size (at least 8), walked until the result is in range. The network permutes its whole domain
 * whatever its round function, and walking a permutation of a larger domain until it comes back
 * into the smaller one permutes the smaller one; fewer than four steps are expected once size is
 * above 64.
 */
final class KeyedPermutation {
  private static final int ROUNDS = 8;
  private static final int LEAST_HALF_BITS = 4;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L; // 2^64 over the golden ratio

  private final long size;
  private final int halfBits;
  private final long halfMask;
  private final long[] roundKeys = new long[ROUNDS];

  /**
   * A permutation.
   *
   * @param size 1 to 2^62
   * @param seed of the run
   * @param epoch gives another permutation of the same seed
   */
  KeyedPermutation(long size, long seed, long epoch) {
    if (size < 1 || size > 1L << 62) {
      throw new IllegalArgumentException("permutation of " + size + " items: want 1 to 2^62");
    }
    this.size = size;
    int bits = 64 - Long.numberOfLeadingZeros(size - 1);
    halfBits = Math.max(LEAST_HALF_BITS, (bits + 1) / 2);
    halfMask = (1L << halfBits) - 1;
    long key = mix(mix(seed + GOLDEN) ^ (epoch * GOLDEN));
    for (int round = 0; round < ROUNDS; round++) {
      roundKeys[round] = mix(key + GOLDEN * (round + 1));
    }
  }

  /** What stands at a position, 0 to size - 1. */
  long at(long position) {
    long value = position;
    do {
      value = feistel(value);
    } while (value >= size);
    return value;
  }

  /** The position of a value: {@code at(positionOf(value)) == value}. */
  long positionOf(long value) {
    long position = value;
    do {
      position = inverse(position);
    } while (position >= size);
    return position;
  }

  private long inverse(long value) {
    long left = value >>> halfBits;
    long right = value & halfMask;
    for (int round = ROUNDS - 1; round >= 0; round--) {
      long before = right ^ (mix(left + roundKeys[round]) & halfMask);
      right = left;
      left = before;
    }
    return left << halfBits | right;
  }

  private long feistel(long value) {
    long left = value >>> halfBits;
    long right = value & halfMask;
    for (long key : roundKeys) {
      long next = left ^ (mix(right + key) & halfMask);
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }

  /** Finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit moves every output bit. */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
