package io.hybnext.actors.run;

/**
 * How a run ended.
 *
 * @param outcome which way
 * @param reason one sentence for people; empty when completed
 * @param step number of steps whose result is in the newest checkpoint
 * @param checkpoint folder of the newest checkpoint, absolute; empty when there is none
 * @param generations number of generations formed
 * @param restarts number of trainer restarts
 * @param notApplied number of steps not applied because a value was not finite
 */
public record RunReport(
    Outcome outcome,
    String reason,
    long step,
    String checkpoint,
    long generations,
    long restarts,
    long notApplied) {

  /** Ways to end. */
  public enum Outcome {
    /** All steps done and in the newest checkpoint. */
    COMPLETED,
    /** Stopped on request; the same command goes on. */
    STOPPED,
    /** Could not go on; what is in the newest checkpoint is safe. */
    FAILED
  }
}
