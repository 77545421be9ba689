package io.hybnext.streams.ledger;

/** A ledger's database that cannot be used; the message says which, why and what to do. */
public final class LedgerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A sentence for people, and what caused it. */
  public LedgerException(String message, Throwable cause) {
    super(message, cause);
  }
}
