package io.hybnext.streams.ingest;

/** Ingestion that had to stop; the message says what, where and what to do. */
public final class IngestException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A sentence for people, and what caused it. */
  public IngestException(String message, Throwable cause) {
    super(message, cause);
  }
}
