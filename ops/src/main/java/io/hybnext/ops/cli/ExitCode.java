package io.hybnext.ops.cli;

/** What the process ends with. */
public final class ExitCode {
  /** Done, also after a stop that was asked for. */
  public static final int DONE = 0;

  /** Failed. */
  public static final int FAILED = 1;

  /** Wrong usage or settings. */
  public static final int USAGE = 2;

  private ExitCode() {}
}
