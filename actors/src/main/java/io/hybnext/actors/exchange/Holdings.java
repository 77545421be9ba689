package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import java.util.Arrays;

/**
 * What one member of a generation holds, as it told the others: a copy of its {@link HeldState},
 * filled in as messages come.
 */
final class Holdings {
  private final long[] weights; // by chunk number
  private final long[] moments;
  private final long[] sums;
  private long committed = HeldState.NOTHING;
  private StepResult result;
  private boolean standing;
  private int known;

  Holdings(int chunks) {
    weights = new long[chunks];
    moments = new long[chunks];
    sums = new long[chunks];
  }

  /** A copy of what this member holds itself. */
  static Holdings of(HeldState held) {
    Holdings own = new Holdings(held.chunks());
    own.setStanding(held.committed(), held.lastResult().orElse(null));
    for (int chunk = 0; chunk < held.chunks(); chunk++) {
      own.append(1, held.weights(chunk), held.moments(chunk), held.sum(chunk));
    }
    return own;
  }

  /**
   * Sets how far the member is.
   *
   * @param of what step {@code steps - 1} came to; null if unknown
   * @return false when it was set before
   */
  boolean setStanding(long steps, StepResult of) {
    if (standing) {
      return false;
    }
    standing = true;
    committed = steps;
    result = of;
    return true;
  }

  /** Sets the next chunks; false when there are not that many left. */
  boolean append(int count, long weightsSteps, long momentsSteps, long sumStep) {
    if (count < 1 || count > weights.length - known) {
      return false;
    }
    Arrays.fill(weights, known, known + count, weightsSteps);
    Arrays.fill(moments, known, known + count, momentsSteps);
    Arrays.fill(sums, known, known + count, sumStep);
    known += count;
    return true;
  }

  /** Chunks after {@code first} that are held as it is, and itself. */
  int run(int first) {
    int end = first + 1;
    while (end < weights.length
        && weights[end] == weights[first]
        && moments[end] == moments[first]
        && sums[end] == sums[first]) {
      end++;
    }
    return end - first;
  }

  int chunks() {
    return weights.length;
  }

  /** Number of chunks set so far. */
  int known() {
    return known;
  }

  boolean complete() {
    return standing && known == weights.length;
  }

  long committed() {
    return committed;
  }

  /** What step {@code committed() - 1} came to; null if unknown. */
  StepResult result() {
    return result;
  }

  long weights(int chunk) {
    return weights[chunk];
  }

  long moments(int chunk) {
    return moments[chunk];
  }

  long sum(int chunk) {
    return sums[chunk];
  }
}
