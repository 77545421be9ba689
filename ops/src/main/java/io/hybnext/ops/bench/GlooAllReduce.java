package io.hybnext.ops.bench;

import io.hybnext.ops.cli.CommandFailure;
import io.hybnext.ops.home.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringTokenizer;

/**
 * The all-reduce of Gloo, which PyTorch uses between processors, measured by a Python program of
 * this project ({@code tests/python/gloo_allreduce.py}) over TCP on the loopback interface.
 *
 * @param python an interpreter that has torch
 * @param program the program's file
 */
public record GlooAllReduce(Path python, Path program) {
  private static final String PROGRAM = "tests/python/gloo_allreduce.py";

  /**
   * The program of a copy of Hybnext.
   *
   * @throws CommandFailure when the copy has none
   */
  public static GlooAllReduce of(Home home, Path python) {
    Path program = home.folder().resolve(PROGRAM);
    if (!Files.isRegularFile(program)) {
      throw new CommandFailure(
          "--python: Gloo is measured by " + program + ", which is not there; use a checkout");
    }
    return new GlooAllReduce(python, program);
  }

  /**
   * Measures as many processes, bytes and rounds as the settings say; what they say of transport,
   * encryption and loss does not concern Gloo.
   *
   * @throws CommandFailure when Python or its program fails
   */
  public AllReduceBenchmark.Result run(AllReduceBenchmark.Settings settings)
      throws InterruptedException {
    List<String> command =
        List.of(
            python.toString(),
            program.toString(),
            "" + settings.trainers(),
            "" + settings.mib(),
            "" + settings.iterations());
    String printed;
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw failed("ended with code " + process.exitValue() + "; does it have torch?", null);
      }
    } catch (IOException absent) {
      throw failed("cannot be run: " + absent.getMessage(), absent);
    }
    return measured(settings, printed);
  }

  private AllReduceBenchmark.Result measured(AllReduceBenchmark.Settings settings, String printed) {
    try {
      StringTokenizer words = new StringTokenizer(printed);
      double median = Double.parseDouble(words.nextToken());
      double cpu = Double.parseDouble(words.nextToken());
      return new AllReduceBenchmark.Result(settings, median, cpu, 0);
    } catch (java.util.NoSuchElementException | NumberFormatException other) {
      throw failed("printed \"" + printed + "\", want two times in seconds", other);
    }
  }

  private CommandFailure failed(String how, Exception cause) {
    return new CommandFailure(
        "--python " + python + ": " + program.getFileName() + " " + how, cause);
  }
}
