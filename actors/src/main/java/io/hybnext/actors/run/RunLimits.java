package io.hybnext.actors.run;

import java.time.Duration;

/**
 * What a run puts up with.
 *
 * @param stepWindow steps that trainers may run ahead of the coordinator's last word, at least
 * @param windowTime the same as time, at the present pace: so long they do not notice when the
 *     coordinator is gone
 * @param silenceLimit least time that nothing is heard of a trainer before the others go on without
 *     it; more for those whose messages come irregularly
 * @param statePatience how long trainers that hold nothing wait for those that hold the run's state
 *     and are silent, before they go back to a checkpoint
 * @param maxNotApplied steps in a row with a loss or gradient that is not finite before the run
 *     stops
 * @param maxRestarts restarts of one trainer, and broken generations in all, without a new
 *     checkpoint in between
 * @param joinTimeout time for trainers to join
 * @param readyTimeout time for a generation's members to restore and connect
 * @param stepTimeout time without a committed step after which the members that did not report are
 *     taken for hung
 * @param leaveTimeout time for trainers to leave at the end
 * @param checkpointRetry time between attempts at the last checkpoint of a run
 * @param checkpointAttempts number of attempts at it
 * @param stragglerFactor a member whose compute time is that many times the fastest one's is named
 *     a straggler
 */
public record RunLimits(
    int stepWindow,
    Duration windowTime,
    Duration silenceLimit,
    Duration statePatience,
    int maxNotApplied,
    int maxRestarts,
    Duration joinTimeout,
    Duration readyTimeout,
    Duration stepTimeout,
    Duration leaveTimeout,
    Duration checkpointRetry,
    int checkpointAttempts,
    double stragglerFactor) {

  /** Values that suit runs of minutes to weeks on one machine or a small cluster. */
  public static final RunLimits DEFAULTS =
      new RunLimits(
          3,
          Duration.ofSeconds(30),
          Duration.ofMillis(250),
          Duration.ofSeconds(5),
          10,
          3,
          Duration.ofMinutes(3),
          Duration.ofMinutes(5),
          Duration.ofMinutes(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10),
          6,
          1.5);

  /** Checks the counts. */
  public RunLimits {
    RunPlan.check(stepWindow >= 1, "training.step-window", stepWindow, "at least 1");
    RunPlan.check(maxNotApplied >= 1, "training.max-not-applied", maxNotApplied, "at least 1");
    RunPlan.check(maxRestarts >= 0, "training.max-restarts", maxRestarts, "0 or more");
    RunPlan.check(checkpointAttempts >= 1, "checkpoint.attempts", checkpointAttempts, "1 or more");
    RunPlan.check(stragglerFactor > 1, "training.straggler-factor", stragglerFactor, "more than 1");
  }

  /** The same with another {@code silenceLimit}. */
  public RunLimits withSilenceLimit(Duration limit) {
    return with(limit, statePatience);
  }

  /** The same with another {@code statePatience}. */
  public RunLimits withStatePatience(Duration patience) {
    return with(silenceLimit, patience);
  }

  private RunLimits with(Duration limit, Duration patience) {
    return new RunLimits(
        stepWindow,
        windowTime,
        limit,
        patience,
        maxNotApplied,
        maxRestarts,
        joinTimeout,
        readyTimeout,
        stepTimeout,
        leaveTimeout,
        checkpointRetry,
        checkpointAttempts,
        stragglerFactor);
  }
}
