package io.hybnext.tests.fleet;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** How the programs under {@code tests/} end: with what their command says, or one sentence. */
public final class Programs {
  private Programs() {}

  /**
   * Runs a command and ends this process: 0 kept, 1 broken or failed, 2 wrong usage.
   *
   * @param command with picocli's annotations
   */
  public static void run(Callable<Integer> command, String... arguments) {
    CommandLine line = new CommandLine(command);
    line.setExecutionExceptionHandler(
        (failure, of, parsed) -> {
          if (failure instanceof IOException) { // a sentence: something did not come in time
            System.err.println(of.getCommandName() + ": " + failure.getMessage());
          } else {
            failure.printStackTrace();
          }
          return 1;
        });
    System.exit(line.execute(arguments));
  }
}
