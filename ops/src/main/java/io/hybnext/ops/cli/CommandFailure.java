package io.hybnext.ops.cli;

/** A command cannot do what it was asked; the message is one sentence for people. Exit code 1. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the failure: what, where, the rule, what to do. */
  public CommandFailure(String message) {
    super(message);
  }

  /** Creates the failure with its cause, which {@code --debug} shows. */
  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
