package io.hybnext.streams.orthanc;

import java.time.Duration;

/**
 * How long a server is waited for, and when an instance is given up. Only tries count of which the
 * server answered something else just before: one that is away, starts, or is full fails at
 * everything. One thread.
 */
final class Patience {
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private final int most;
  private int tries; // of the instance that is asked for
  private int failures; // since something went well
  private boolean suspect;

  /** With at most so many tries. */
  Patience(int most) {
    this.most = most;
  }

  /** Whether the server may have ended, so that it is to be asked something else first. */
  boolean isSuspect() {
    return suspect;
  }

  /** It answered something else. */
  void alive() {
    suspect = false;
  }

  /** The instance was given. */
  void given() {
    tries = 0;
  }

  /**
   * A question was answered.
   *
   * @return whether it is news that the server answers
   */
  boolean answered() {
    boolean news = tries == 0 && failures > 1;
    failures = tries == 0 ? 0 : failures;
    return news;
  }

  /**
   * A question failed that was for an instance.
   *
   * @return whether that was the last try
   */
  boolean givesUp() {
    if (suspect) {
      return false; // the question was whether it answers
    }
    suspect = true;
    tries++;
    boolean last = tries >= most;
    tries = last ? 0 : tries;
    return last;
  }

  /** A question failed and is to be asked again. */
  Duration pause() {
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(failures, 16));
    failures++;
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  /** Whether people are to be told now: once happens, when the server closes a kept connection. */
  boolean isNews() {
    return failures == 1;
  }
}
