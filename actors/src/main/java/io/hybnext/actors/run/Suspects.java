package io.hybnext.actors.run;

import java.util.HashMap;
import java.util.Map;

/**
 * Trainers that others cannot exchange with, though they may live: each is left out for a while,
 * longer every time, and then given another chance. No clock: times are arguments.
 */
final class Suspects {
  private static final long FIRST_NS = 2_000_000_000L;
  private static final int MOST_DOUBLINGS = 6;
  private static final long FORGOTTEN_NS = 600_000_000_000L; // without another suspicion

  private record Suspicion(long incarnation, int times, long sinceNs, boolean served) {
    long endNs() {
      return sinceNs + (FIRST_NS << Math.min(times - 1, MOST_DOUBLINGS));
    }
  }

  private final Map<String, Suspicion> suspicions = new HashMap<>();

  /** Somebody cannot exchange with it. */
  void add(String trainer, long incarnation, long nowNs) {
    Suspicion before = suspicions.get(trainer);
    boolean again =
        before != null
            && before.incarnation() == incarnation
            && nowNs - before.endNs() < FORGOTTEN_NS;
    int times = again ? before.times() + 1 : 1;
    suspicions.put(trainer, new Suspicion(incarnation, times, nowNs, false));
  }

  /** Whether this process is not left out now, or never was. */
  boolean isFree(String trainer, long incarnation, long nowNs) {
    Suspicion of = suspicions.get(trainer);
    return of == null || of.incarnation() != incarnation || nowNs - of.endNs() >= 0;
  }

  /** Whether this process was left out, and its time is over; says so once. */
  boolean release(String trainer, long incarnation, long nowNs) {
    Suspicion of = suspicions.get(trainer);
    if (of == null || of.served() || of.incarnation() != incarnation || nowNs < of.endNs()) {
      return false;
    }
    suspicions.put(trainer, new Suspicion(incarnation, of.times(), of.sinceNs(), true));
    return true;
  }
}
