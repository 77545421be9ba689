package io.hybnext.tests.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What all programs under {@code tests/} that start processes can be told. */
public final class ProgramOptions {
  @Option(names = "--seed", defaultValue = "1", description = "Of everything that is drawn.")
  private long seed;

  @Option(names = "--transport", description = "Of gradients: ipc or udp.")
  private String transport;

  @Option(names = "--out", description = "Keep all files in this folder.")
  private Path out;

  @Option(names = "--json", description = "Only the JSON line, no progress on standard error.")
  private boolean json;

  /** Of everything that is drawn. */
  public long seed() {
    return seed;
  }

  /** The transport that was asked for, or {@code otherwise}. */
  public String transport(String otherwise) {
    return transport == null ? otherwise : transport;
  }

  /** Makes the folder to work in. */
  public Workplace workplace(String name) throws IOException {
    return Workplace.open(name, out);
  }

  /** Begins the diary of a workplace. */
  public Diary diary(Workplace workplace) throws IOException {
    PrintStream people =
        json
            ? new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)
            : System.err;
    return new Diary(workplace.folder().resolve("diary.txt"), people);
  }
}
