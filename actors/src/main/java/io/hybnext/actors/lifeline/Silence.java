package io.hybnext.actors.lifeline;

/**
 * How long one sender may be silent. The limit follows from what is known of it. One that is seen
 * to be stopped is given the least limit. One that nobody sees, and that others wait for, is given
 * more when its beats came late now and then, or the listener itself was late: that is a busy
 * machine. Nobody is waited for much longer than {@link #LARGEST} times the least limit. No clock:
 * times are arguments.
 */
final class Silence {
  /** The largest limit, as a multiple of the least. */
  static final int LARGEST = 8;

  private static final int UNWITNESSED = 3; // times the least limit: below a second by default
  private static final double MARGIN = 4; // times the longest gap seen lately
  private static final long HALF_LIFE_NS = 20_000_000_000L;

  private final long leastNs;
  private long heardNs;
  private double longestNs;

  /**
   * Starts with a generous limit: a process that starts is busy.
   *
   * @param leastNs the limit is never smaller
   */
  Silence(long leastNs, long nowNs) {
    this.leastNs = leastNs;
    heardNs = nowNs;
    longestNs = leastNs;
  }

  /** Something was heard. */
  void beat(long nowNs) {
    long gapNs = nowNs - heardNs;
    // A gap beyond the limit was a stop, or a sign that the limit is too small: double it, no more.
    double counted = Math.min(gapNs, 2 * learntNs() / MARGIN);
    longestNs = Math.max(counted, longestNs * Math.pow(0.5, gapNs / (double) HALF_LIFE_NS));
    heardNs = nowNs;
  }

  /** The listener itself was held up for so long: that is nobody's silence. */
  void excuse(long lateNs, long nowNs) {
    heardNs = Math.min(nowNs, heardNs + lateNs);
  }

  /**
   * How long the sender may be silent now.
   *
   * @param lateNs how late the listener itself was lately, at most
   */
  long limitNs(Sight sight, long lateNs) {
    double usual = Math.min(Math.max(learntNs(), MARGIN * lateNs), LARGEST * (double) leastNs);
    double limit =
        switch (sight) {
          case STOPPED -> leastNs;
          case WAITED_FOR -> usual;
          case UNKNOWN -> Math.max(usual, UNWITNESSED * (double) leastNs);
          case RUNNING -> LARGEST * (double) leastNs;
        };
    return (long) limit;
  }

  private double learntNs() {
    return Math.max(leastNs, Math.min(MARGIN * longestNs, LARGEST * (double) leastNs));
  }

  /** How long nothing was heard. */
  long silentNs(long nowNs) {
    return nowNs - heardNs;
  }
}
