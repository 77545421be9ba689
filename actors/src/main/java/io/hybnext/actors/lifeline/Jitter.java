package io.hybnext.actors.lifeline;

/**
 * How late a thread was lately, at worst; what was long ago fades. A listener that is held up by a
 * busy machine must expect that others on it are as well. No clock: times are arguments.
 */
final class Jitter {
  private static final double HALF_LIFE_NS = 10e9;

  private double worstNs;
  private long sinceNs;

  /** It was so late. */
  void add(long lateNs, long nowNs) {
    if (lateNs > 0 && lateNs >= worstNs(nowNs)) {
      worstNs = lateNs;
      sinceNs = nowNs;
    }
  }

  /** The longest of its delays, halved for every ten seconds that have passed since. */
  long worstNs(long nowNs) {
    return (long) (worstNs * Math.pow(0.5, (nowNs - sinceNs) / HALF_LIFE_NS));
  }
}
