package io.hybnext.config;

import java.time.Duration;

/**
 * The {@code data.mixing} section of reference.conf. New items enter a run that goes on.
 *
 * @param enterEvery least time between two waves of new items; zero = none enter
 * @param newShare largest share of a batch for new items
 * @param newSteps steps for which an item counts as new
 * @param newRepeats how often a new item comes in that time, at most and on average
 * @param halfLife of replayed items, in steps; 0 = all alike
 * @param oldestShare least share of a batch for the items that the run began with
 */
public record MixingSettings(
    Duration enterEvery,
    double newShare,
    int newSteps,
    double newRepeats,
    int halfLife,
    double oldestShare) {

  /** Checks every value. */
  public MixingSettings {
    Rule.check(
        !enterEvery.isNegative() && enterEvery.compareTo(Duration.ofDays(7)) <= 0,
        "data.mixing.enter-every",
        enterEvery,
        "from 0 s to 7 d");
    Rule.aboveUpTo("data.mixing.new-share", newShare, 0, 1);
    Rule.atLeast("data.mixing.new-steps", newSteps, 1);
    Rule.between("data.mixing.new-repeats", newRepeats, 1, 1e6);
    Rule.atLeast("data.mixing.half-life", halfLife, 0);
    Rule.between("data.mixing.oldest-share", oldestShare, 0, 1);
  }

  /** Whether new items enter a run. */
  public boolean on() {
    return !enterEvery.isZero();
  }
}
