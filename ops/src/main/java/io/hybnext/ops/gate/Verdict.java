package io.hybnext.ops.gate;

/**
 * What was decided about a checkpoint. Figures that were not measured are null.
 *
 * @param time ISO 8601
 * @param step number of steps in it
 * @param accepted whether it may be current
 * @param by {@code gate} or {@code operator}
 * @param reason one sentence
 * @param nll on the fixed held-out set, nats a token
 * @param forgetting share by which that is above the best accepted before
 * @param kid of drawn pictures to the fixed held-out set
 * @param newestNll on the newest items
 * @param newestKid of drawn pictures to the newest items
 * @param seconds that measuring took
 */
public record Verdict(
    String time,
    long step,
    boolean accepted,
    String by,
    String reason,
    Double nll,
    Double forgetting,
    Double kid,
    Double newestNll,
    Double newestKid,
    double seconds) {

  /** A person's. */
  static Verdict ofOperator(String time, long step, boolean accepted, String reason) {
    return new Verdict(time, step, accepted, "operator", reason, null, null, null, null, null, 0);
  }
}
