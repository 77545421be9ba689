package io.hybnext.streams.store;

/** A store that cannot be written or read; the message says what, where, the rule, what to do. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A sentence for people. */
  public StoreException(String message) {
    super(message);
  }

  /** A sentence for people, and what caused it. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
