package io.hybnext.streams.batch;

/**
 * How new items and replayed ones share a batch while data enter a run.
 *
 * @param newShare largest share of a batch for new items, above 0 to 1: each comes once, in the
 *     order in which it was stored, before any of them comes again
 * @param newSteps steps for which an item counts as new, at least 1
 * @param newRepeats how often a new item comes as a new one in that time, on average and at most;
 *     at least 1. When few items are new, more of the batch is replay
 * @param halfLifeSteps of two replayed items, one that entered this many steps before the other is
 *     drawn half as often; 0 draws all alike
 * @param oldestShare least share of a batch for the items that the run began with, 0 to 1
 */
public record Mixing(
    double newShare, int newSteps, double newRepeats, int halfLifeSteps, double oldestShare) {

  /** Checks the values. */
  public Mixing {
    check(newShare > 0 && newShare <= 1, "new-share", newShare, "above 0, at most 1");
    check(newSteps >= 1, "new-steps", newSteps, "at least 1");
    check(newRepeats >= 1 && newRepeats <= 1e6, "new-repeats", newRepeats, "1 to 1000000");
    check(halfLifeSteps >= 0, "half-life", halfLifeSteps, "0 or more");
    check(oldestShare >= 0 && oldestShare <= 1, "oldest-share", oldestShare, "0 to 1");
  }

  private static void check(boolean ok, String name, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("data.mixing." + name + " = " + value + ": want " + rule);
    }
  }
}
