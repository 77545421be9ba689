package io.hybnext.ops.demo;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Divides the time that a demo may take between training and what comes after it. What things cost
 * is measured as they happen: a few pictures are drawn to choose how many images networks are
 * measured on; the untrained network is drawn and measured before training, so that the plan knows
 * what a checkpoint will take; steps and checkpoints tell their own time. Thread safe.
 */
final class TimePlan {
  /** The first and the last checkpoint are shown whatever the time. */
  static final int FEWEST_SHOWN = 2;

  /** More rows of pictures tell nothing new. */
  static final int MOST_SHOWN = 4;

  /** Figures of fewer images tell nothing. */
  static final int FEWEST_IMAGES = 32;

  private static final long CLOSEST_CHECKPOINTS = 5;
  private static final int CHECKPOINTS_HOPED_FOR = 5;
  private static final double IMAGES_A_STEP = 6; // shown in the time of a step, roughly
  private static final double SHARE_FOR_SHOWING = 0.25;
  private static final double SHARE_FOR_MEASURING = 0.4; // of what is left, for the fewest shown
  private static final double SHOWS_BEFORE_TRAINING = 1.5; // the tokenizer's part, untrained
  private static final double NANOSECONDS = 1e9;
  private static final int STEPS_TO_STOP = 3; // trainers may be so many steps ahead
  private static final double LOADS_TO_START = 3; // trainers all load, on the same cores
  private static final double SECONDS_TO_LEAVE = 4; // trainers close, the cluster ends, the page
  private static final double RESERVE = 0.05; // measured times vary

  private final double limitSeconds;
  private final LongSupplier nanoTime;
  private final long startNs;
  private long checkpointEvery;
  private double loadSeconds;
  private int images = 1;
  private int checkpointsToShow = MOST_SHOWN; // as many as are worth the time they take
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

  /** Notes that this process has loaded its networks: its trainers will take as long, and more. */
  synchronized void loaded() {
    loadSeconds = elapsedSeconds();
  }

  /**
   * Number of images to measure networks on: fewer than all where training would get too little.
   *
   * @param most number of held-out images
   * @param secondsAnImage that it takes to draw one and to measure it
   */
  synchronized int imagesThatFit(int most, double secondsAnImage) {
    double left = secondsToLimit() - LOADS_TO_START * loadSeconds - SECONDS_TO_LEAVE;
    double shows = SHOWS_BEFORE_TRAINING + FEWEST_SHOWN;
    double fitting = SHARE_FOR_MEASURING * left / (shows * secondsAnImage);
    images = (int) Math.min(most, Math.max(FEWEST_IMAGES, fitting));
    return images;
  }

  /** Whether there is a limit. */
  boolean isLimited() {
    return !Double.isInfinite(limitSeconds);
  }

  /**
   * Training is about to begin, after one network was shown.
   *
   * @return steps between checkpoints: closer together when few steps can be hoped for, so that
   *     there are a first and a last one to compare
   */
  synchronized long beginTraining() {
    if (isLimited()) {
      double affordable = SHARE_FOR_SHOWING * secondsToLimit() / showSeconds;
      checkpointsToShow = (int) Math.max(FEWEST_SHOWN, Math.min(MOST_SHOWN, affordable));
    }
    double stepSeconds = IMAGES_A_STEP * showSeconds / images;
    double hopedFor = (secondsLeft() - LOADS_TO_START * loadSeconds) / stepSeconds;
    long closer = (long) Math.max(CLOSEST_CHECKPOINTS, hopedFor / CHECKPOINTS_HOPED_FOR);
    checkpointEvery = Math.min(checkpointEvery, closer);
    return checkpointEvery;
  }

  private double secondsLeft() {
    return secondsToLimit() - secondsAfterTraining();
  }

  private double secondsToLimit() {
    return limitSeconds * (1 - RESERVE) - elapsedSeconds();
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
    if (!isLimited()) {
      return OptionalLong.empty();
    }
    long more = (long) Math.floor(secondsLeft() / secondsPerStep) - STEPS_TO_STOP;
    return OptionalLong.of(Math.max(step + Math.max(0, more), fewestSteps()));
  }

  /** Two checkpoints at least, or nothing could be compared. */
  private long fewestSteps() {
    return 2 * checkpointEvery;
  }

  /**
   * How much later than the limit everything ends, because less than the least would tell nothing;
   * 0 when it ends in time.
   *
   * @param step steps done now
   * @param secondsPerStep lately
   */
  synchronized double secondsTooLate(long step, double secondsPerStep) {
    double least = Math.max(0, fewestSteps() - step) * secondsPerStep + secondsAfterTraining();
    return Math.max(0, elapsedSeconds() + least - limitSeconds);
  }

  /** Whether training must end after this step for everything to end in time. */
  boolean isTrainingOver(long step, double secondsPerStep) {
    OptionalLong fitting = stepsThatFit(step, secondsPerStep);
    return fitting.isPresent() && step >= fitting.getAsLong();
  }

  private double secondsAfterTraining() {
    return checkpointSeconds + SECONDS_TO_LEAVE + checkpointsToShow * showSeconds;
  }

  /** Whether one more network can be drawn and measured, after the first {@code shown}. */
  synchronized boolean hasTimeToShow(int shown) {
    return shown < FEWEST_SHOWN || showSeconds <= secondsToLimit();
  }

  /** Seconds since the demo began. */
  double elapsedSeconds() {
    return (nanoTime.getAsLong() - startNs) / NANOSECONDS;
  }
}
