package io.hybnext.actors.checkpoint;

/** A checkpoint cannot be used or written; the message is one sentence for people. */
public final class CheckpointException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean ofAnotherRelease;

  /** Creates the exception with the whole sentence. */
  public CheckpointException(String message) {
    this(message, false);
  }

  private CheckpointException(String message, boolean ofAnotherRelease) {
    super(message);
    this.ofAnotherRelease = ofAnotherRelease;
  }

  /** A checkpoint that may be whole, but is laid out as this release does not know it. */
  static CheckpointException ofAnotherRelease(String message) {
    return new CheckpointException(message, true);
  }

  /** Whether the release that wrote the checkpoint would take it: nobody should pass it over. */
  public boolean isOfAnotherRelease() {
    return ofAnotherRelease;
  }
}
