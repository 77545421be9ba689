package io.hybnext.actors.cluster;

/** The cluster cannot be used; the message is one sentence for people. */
public final class ClusterException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the whole sentence. */
  public ClusterException(String message) {
    super(message);
  }

  /** Creates the exception with the whole sentence and what caused it. */
  public ClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}
