package io.hybnext.ops.cli;

/** What the process ends with. */
public final class ExitCode {
  /** Done, also after a stop that was asked for. */
  public static final int DONE = 0;

  /** Failed. */
  public static final int FAILED = 1;

  /** Wrong usage or settings. */
  public static final int USAGE = 2;

  /** Ended by Ctrl-C or SIGTERM before it was done: 128 and the number of Ctrl-C's signal. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
