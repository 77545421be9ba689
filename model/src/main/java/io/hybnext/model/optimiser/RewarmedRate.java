package io.hybnext.model.optimiser;

import java.util.List;
import java.util.function.Supplier;

/**
 * Another schedule that warms up again where new data enter: the rate rises in a straight line from
 * a share of what that schedule says to all of it. Ibrahim et al., "Simple and Scalable Strategies
 * to Continually Pre-train Large Language Models" (2024), section 4.
 *
 * @param schedule the other one
 * @param starts first steps on new data, rising; asked for at each step, as more may come. Those up
 *     to a step must be known before its rate is asked for
 * @param steps of the warm-up, at least 1
 * @param share where it begins, 0 to 1
 */
public record RewarmedRate(Schedule schedule, Supplier<List<Long>> starts, long steps, double share)
    implements Schedule {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException with value and rule
   */
  public RewarmedRate {
    if (steps < 1 || !(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "re-warming of " + steps + " steps from " + share + ": want at least 1, and 0 to 1");
    }
  }

  @Override
  public double at(long step) {
    long start = -1;
    for (long one : starts.get()) {
      start = one <= step ? one : start;
    }
    double rate = schedule.at(step);
    if (start < 0 || step - start >= steps) {
      return rate;
    }
    return rate * (share + (1 - share) * (step - start + 1) / (steps + 1));
  }
}
