package io.hybnext.model.weights;

/**
 * A safetensors file is damaged or does not hold what is wanted. The message is one sentence for
 * people: which file, what is wrong, the rule, what to do.
 */
public final class SafetensorsException extends CheckpointException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the whole sentence. */
  public SafetensorsException(String message) {
    super(message);
  }

  /** Creates the exception with the whole sentence and what caused it. */
  public SafetensorsException(String message, Throwable cause) {
    super(message, cause);
  }
}
