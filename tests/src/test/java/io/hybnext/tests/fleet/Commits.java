package io.hybnext.tests.fleet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * When each step of a run was committed, or told to be, for the first time. A step that is told
 * again, by another coordinator or after it was done again, does not count. Thread-safe.
 */
public final class Commits {
  private final List<Long> timesNs = new ArrayList<>();
  private final List<Long> done = new ArrayList<>(); // with each of them
  private long steps;

  /**
   * A step was told.
   *
   * @param done number of steps done with it
   * @param atNs when; not before the step before
   * @return whether it is news
   */
  public synchronized boolean add(long done, long atNs) {
    if (done <= steps) {
      return false;
    }
    steps = done;
    this.done.add(done);
    timesNs.add(timesNs.isEmpty() ? atNs : Math.max(atNs, timesNs.get(timesNs.size() - 1)));
    notifyAll();
    return true;
  }

  /** When this many steps were done, or more; empty when they are not. */
  public synchronized OptionalLong whenDone(long steps) {
    int at = Collections.binarySearch(done, steps);
    int next = at < 0 ? -at - 1 : at;
    return next == done.size() ? OptionalLong.empty() : OptionalLong.of(timesNs.get(next));
  }

  /** Number of steps done. */
  public synchronized long steps() {
    return steps;
  }

  /**
   * Waits until this many steps are done.
   *
   * @return false when they are not within the time
   */
  public synchronized boolean await(long done, long limitMs) throws InterruptedException {
    long endNs = System.nanoTime() + limitMs * 1_000_000;
    while (steps < done) {
      long leftMs = (endNs - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return false;
      }
      wait(leftMs);
    }
    return true;
  }

  /** All times between two moments, in order. */
  public synchronized long[] between(long fromNs, long toNs) {
    return timesNs.stream()
        .mapToLong(Long::longValue)
        .filter(time -> time - fromNs >= 0 && time - toNs < 0)
        .toArray();
  }

  /** Median time from one commit to the next between two moments, nanoseconds. */
  public long medianNs(long fromNs, long toNs) {
    long[] gaps = gaps(between(fromNs, toNs));
    Arrays.sort(gaps);
    return gaps.length == 0 ? 0 : gaps[gaps.length / 2];
  }

  private static long[] gaps(long[] times) {
    long[] gaps = new long[Math.max(0, times.length - 1)];
    for (int i = 0; i < gaps.length; i++) {
      gaps[i] = times[i + 1] - times[i];
    }
    return gaps;
  }

  /**
   * Time from a fault to the next commit.
   *
   * @param endNs taken when none came
   */
  public long toNextNs(long faultNs, long endNs) {
    long[] after = between(faultNs, endNs);
    return (after.length == 0 ? endNs : after[0]) - faultNs;
  }

  /**
   * The longest time without a commit that ends after a fault and before the next: a step that was
   * nearly done at the fault hides nothing.
   */
  public long longestNs(long faultNs, long nextNs) {
    long[] after = between(faultNs, nextNs);
    long before = faultNs;
    long longest = 0;
    for (long time : after) {
      longest = Math.max(longest, time - before);
      before = time;
    }
    return Math.max(longest, nextNs - before);
  }
}
