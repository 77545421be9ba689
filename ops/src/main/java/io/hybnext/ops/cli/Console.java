package io.hybnext.ops.cli;

import io.hybnext.ops.progress.JsonLinesProgress;
import io.hybnext.ops.progress.Progress;
import io.hybnext.ops.progress.ProgressEvent;
import io.hybnext.ops.progress.TerminalProgress;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;

/**
 * Where a command's output goes: results to standard output, progress and warnings to standard
 * error; with {@code --json}, all of it as JSON lines to standard output.
 */
public final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean json;
  private final Progress progress;

  /**
   * Creates a console.
   *
   * @param out results
   * @param err progress, warnings, failures
   * @param json whether {@code --json} was given
   * @param terminal whether {@code err} is a terminal
   */
  public Console(PrintStream out, PrintStream err, boolean json, boolean terminal) {
    this.out = out;
    this.err = err;
    this.json = json;
    this.progress =
        json ? new JsonLinesProgress(out) : new TerminalProgress(err, terminal, Clock.systemUTC());
  }

  /** Whether {@code --json} was given. */
  public boolean json() {
    return json;
  }

  /** Standard output, for results that are not a list of named values. */
  public PrintStream out() {
    return out;
  }

  /** Standard error. */
  public PrintStream err() {
    return err;
  }

  /** Takes the events of the command. */
  public Progress progress() {
    return progress;
  }

  /** Shows what the command came to; with {@code --json} the last line. */
  public void result(Map<String, Object> values) {
    if (json) {
      progress.tell(new ProgressEvent.Result(values));
    } else {
      new TerminalProgress(out, false, Clock.systemUTC()).tell(new ProgressEvent.Result(values));
    }
  }
}
