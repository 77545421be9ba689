package io.hybnext.ops.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A token bucket for each caller: so many at once, and so many a second from then on. Callers that
 * were not heard of for longest are forgotten first. Thread-safe.
 */
final class RateLimit {
  private static final int MOST_CALLERS = 10_000;

  private final int burst;
  private final double perSecond;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_CALLERS;
        }
      };

  /** What a caller may still do, at a time. */
  private record Bucket(double left, long atNs) {}

  RateLimit(int burst, double perSecond, LongSupplier nanoTime) {
    this.burst = burst;
    this.perSecond = perSecond;
    this.nanoTime = nanoTime;
  }

  /** Takes one; false when the caller has none left. */
  synchronized boolean take(String caller) {
    double left = left(caller);
    boolean allowed = left >= 1;
    buckets.put(caller, new Bucket(allowed ? left - 1 : left, nanoTime.getAsLong()));
    return allowed;
  }

  /** Whether the caller has one left; takes none. */
  synchronized boolean has(String caller) {
    return left(caller) >= 1;
  }

  private double left(String caller) {
    Bucket bucket = buckets.get(caller);
    if (bucket == null) {
      return burst;
    }
    double seconds = (nanoTime.getAsLong() - bucket.atNs()) / 1e9;
    return Math.min(burst, bucket.left() + perSecond * seconds);
  }
}
