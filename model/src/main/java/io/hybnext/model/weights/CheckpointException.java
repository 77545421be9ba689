package io.hybnext.model.weights;

import java.io.IOException;

/**
 * A checkpoint is damaged or does not hold what is wanted. The message is one sentence for people:
 * which file, what is wrong, the rule, what to do.
 */
public class CheckpointException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the whole sentence. */
  public CheckpointException(String message) {
    super(message);
  }

  /** Creates the exception with the whole sentence and what caused it. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
