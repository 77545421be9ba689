package io.hybnext.actors.run;

import java.util.OptionalInt;

/** Further attempts at the run's last checkpoint, each some time after the one before failed. */
final class CheckpointRetry {
  private final RunLimits limits;
  private boolean planned;
  private long atNs;
  private int attempt;

  CheckpointRetry(RunLimits limits) {
    this.limits = limits;
  }

  /** Plans an attempt; returns false when that would be one too many. */
  boolean plan(int next, long nowNs) {
    if (next >= limits.checkpointAttempts()) {
      return false;
    }
    planned = true;
    atNs = nowNs + limits.checkpointRetry().toNanos();
    attempt = next;
    return true;
  }

  /** Whether there will be another attempt. */
  boolean isPlanned() {
    return planned;
  }

  /** Number of the attempt that is to begin now; empty for none. */
  OptionalInt due(long nowNs) {
    if (!planned || nowNs - atNs < 0) {
      return OptionalInt.empty();
    }
    planned = false;
    return OptionalInt.of(attempt);
  }

  /** Why the run cannot end as it should. */
  static String failure(long step, int attempts, String reason) {
    return String.format(
        "the last checkpoint, at step %d, could not be written in %d attempts: %s; what was"
            + " saved before is kept, and the same command goes on from there",
        step, attempts, reason);
  }
}
