package io.hybnext.streams.item;

/** Thrown inside a stage to put the present item aside; never leaves ingestion. */
public final class QuarantineException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final QuarantineRule rule;

  /** A reason without an item: the stage adds it. */
  public QuarantineException(QuarantineRule rule, String message) {
    super(message, null, false, false); // an expected answer, not a defect: no stack trace
    this.rule = rule;
  }

  /** Which rule is broken. */
  public QuarantineRule rule() {
    return rule;
  }
}
