package io.hybnext.actors.exchange;

/** The exchange of a step cannot go on; the message says what happened where. */
public final class ExchangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the whole sentence for the operator. */
  public ExchangeException(String message) {
    super(message);
  }

  /** Creates the exception with the whole sentence for the operator and what caused it. */
  public ExchangeException(String message, Throwable cause) {
    super(message, cause);
  }
}
