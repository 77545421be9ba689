package io.hybnext.actors.checkpoint;

/** A checkpoint cannot be used or written; the message is one sentence for people. */
public final class CheckpointException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the whole sentence. */
  public CheckpointException(String message) {
    super(message);
  }
}
