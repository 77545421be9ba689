package io.hybnext.streams.store;

import java.time.Duration;

/**
 * When a segment is complete: at whichever limit is reached first. The last two bound what a crash
 * can cost.
 *
 * @param maxSegmentBytes about the size of its file
 * @param maxSegmentItems rows
 * @param maxSegmentAge time from its first item, looked at when an item comes
 */
public record StoreSettings(long maxSegmentBytes, int maxSegmentItems, Duration maxSegmentAge) {

  /** 16 MiB, 4,096 items, 30 seconds. */
  public static final StoreSettings DEFAULT =
      new StoreSettings(16L << 20, 4096, Duration.ofSeconds(30));

  /** Checks the limits. */
  public StoreSettings {
    check(
        maxSegmentBytes > 0 && maxSegmentBytes <= 1L << 30,
        "max-segment-bytes",
        maxSegmentBytes,
        "1 byte to 1 GiB");
    check(maxSegmentItems > 0, "max-segment-items", maxSegmentItems, "at least 1");
    check(!maxSegmentAge.isNegative(), "max-segment-age", maxSegmentAge, "no negative time");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("store." + key + " = " + value + ": want " + rule);
    }
  }
}
