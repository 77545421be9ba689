package io.hybnext.streams.source;

/** A source that cannot be read at all; the message says what, where and what to do. */
public final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A sentence for people, and what caused it. */
  public SourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
