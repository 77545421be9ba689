package io.hybnext.actors.exchange;

import java.util.List;

/** The exchange of a step cannot go on; the message says what happened where. */
public final class ExchangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> lost;

  /** Creates the exception with the whole sentence for the operator. */
  public ExchangeException(String message) {
    this(message, List.of());
  }

  /**
   * Creates the exception of a member that cannot be exchanged with.
   *
   * @param lost names of the members that are to blame
   */
  public ExchangeException(String message, List<String> lost) {
    super(message);
    this.lost = List.copyOf(lost);
  }

  /** Creates the exception with the whole sentence for the operator and what caused it. */
  public ExchangeException(String message, Throwable cause) {
    super(message, cause);
    lost = List.of();
  }

  /** Names of the members that died, cannot be reached or are silent; empty when none is known. */
  public List<String> lost() {
    return lost == null ? List.of() : lost;
  }
}
