package io.hybnext.streams.batch;

/**
 * How far {@link StoreBatchSource} reads ahead.
 *
 * @param steps how many steps; 0 for not at all
 * @param bytes most bytes of batches read ahead and not asked for yet
 */
public record PrefetchSettings(int steps, long bytes) {

  /** Two steps, 16 MiB. */
  public static final PrefetchSettings DEFAULT = new PrefetchSettings(2, 16L << 20);

  /** Checks the values. */
  public PrefetchSettings {
    if (steps < 0 || bytes < 1) {
      throw new IllegalArgumentException(
          "prefetch of " + steps + " steps and " + bytes + " bytes: want at least 0 and 1");
    }
  }
}
