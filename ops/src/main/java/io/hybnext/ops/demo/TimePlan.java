package io.hybnext.ops.demo;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Divides the time that a demo may take between training and what comes after it. What things cost
 * is measured as they happen: the untrained network is drawn and measured before training, so that
 * the plan knows what a checkpoint will take; steps and checkpoints tell their own time. Thread
 * safe.
 */
final class TimePlan {
  /** The first and the last checkpoint are shown whatever the time. */
  static final int FEWEST_SHOWN = 2;

  /** More rows of pictures tell nothing new. */
  static final int MOST_SHOWN = 4;

  private static final long CLOSEST_CHECKPOINTS = 10;
  private static final int CHECKPOINTS_HOPED_FOR = 5;
  private static final double STEPS_A_SHOW = 20; // steps that take as long as showing, roughly
  private static final double SHARE_FOR_SHOWING = 0.25;
  private static final double NANOSECONDS = 1e9;
  private static final int STEPS_TO_STOP = 3; // trainers may be so many steps ahead
  private static final double SECONDS_TO_LEAVE = 4; // trainers close, the cluster ends, the page
  private static final double RESERVE = 0.05; // measured times vary

  private final double limitSeconds;
  private final LongSupplier nanoTime;
  private final long startNs;
  private long checkpointEvery;
  private double showSeconds;
  private double checkpointSeconds = 1;
  private long checkpointDue;
  private long checkpointDueNs;

  /**
   * Plans a demo that began when {@code nanoTime} gave {@code startNs}.
   *
   * @param limitSeconds time for all of it; infinite without a limit
   * @param nanoTime a clock that only goes forward
   * @param checkpointEvery steps between checkpoints where time does not matter
   */
  TimePlan(double limitSeconds, LongSupplier nanoTime, long startNs, long checkpointEvery) {
    this.limitSeconds = limitSeconds;
    this.nanoTime = nanoTime;
    this.startNs = startNs;
    this.checkpointEvery = checkpointEvery;
  }

  /**
   * Training is about to begin, after one network was shown.
   *
   * @return steps between checkpoints: closer together when few steps can be hoped for, so that
   *     there are a first and a last one to compare
   */
  synchronized long beginTraining() {
    double hopedFor = secondsLeft() * STEPS_A_SHOW / showSeconds;
    long closer = (long) Math.max(CLOSEST_CHECKPOINTS, hopedFor / CHECKPOINTS_HOPED_FOR);
    checkpointEvery = Math.min(checkpointEvery, closer);
    return checkpointEvery;
  }

  private double secondsLeft() {
    return limitSeconds * (1 - RESERVE) - elapsedSeconds() - secondsAfterTraining();
  }

  /** Notes how long it took to measure and draw one network; the longest counts. */
  synchronized void shown(double seconds) {
    showSeconds = Math.max(showSeconds, seconds);
  }

  /** Notes that a step was committed; a checkpoint may be written after it. */
  synchronized void stepped(long step) {
    if (step % checkpointEvery == 0) {
      checkpointDue = step;
      checkpointDueNs = nanoTime.getAsLong();
    }
  }

  /** Notes that the checkpoint of a step is complete. */
  synchronized void saved(long step) {
    if (step == checkpointDue) {
      checkpointSeconds = (nanoTime.getAsLong() - checkpointDueNs) / NANOSECONDS;
    }
  }

  /**
   * Number of steps with which everything ends in time; empty without a limit.
   *
   * @param step steps done now
   * @param secondsPerStep lately
   */
  synchronized OptionalLong stepsThatFit(long step, double secondsPerStep) {
    if (Double.isInfinite(limitSeconds)) {
      return OptionalLong.empty();
    }
    long more = (long) Math.floor(secondsLeft() / secondsPerStep) - STEPS_TO_STOP;
    // Two checkpoints at least, or nothing could be compared.
    return OptionalLong.of(Math.max(step + Math.max(0, more), 2 * checkpointEvery));
  }

  /** Whether training must end after this step for everything to end in time. */
  boolean isTrainingOver(long step, double secondsPerStep) {
    OptionalLong fitting = stepsThatFit(step, secondsPerStep);
    return fitting.isPresent() && step >= fitting.getAsLong();
  }

  private double secondsAfterTraining() {
    return checkpointSeconds + SECONDS_TO_LEAVE + checkpointsToShow() * showSeconds;
  }

  /** How many checkpoints are worth the time that they take from training. */
  private int checkpointsToShow() {
    double affordable = SHARE_FOR_SHOWING * limitSeconds / showSeconds;
    return (int) Math.max(FEWEST_SHOWN, Math.min(MOST_SHOWN, affordable));
  }

  /** Whether one more network can be drawn and measured, after the first {@code shown}. */
  synchronized boolean hasTimeToShow(int shown) {
    double after = elapsedSeconds() + showSeconds;
    return shown < FEWEST_SHOWN || after <= limitSeconds * (1 - RESERVE);
  }

  /** Seconds since the demo began. */
  double elapsedSeconds() {
    return (nanoTime.getAsLong() - startNs) / NANOSECONDS;
  }
}
