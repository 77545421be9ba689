package io.hybnext.tests.fleet;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What happened when, for people: a file, and what matters on standard error. Thread-safe. */
public final class Diary implements AutoCloseable {
  private final PrintStream file;
  private final PrintStream people;
  private final long startNs = System.nanoTime();

  /** Begins the file. */
  public Diary(Path file, PrintStream people) throws IOException {
    this.file = new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8);
    this.people = people;
  }

  /** Notes a sentence. */
  public synchronized void note(String sentence) {
    file.println(stamped(sentence));
  }

  /** Notes a sentence and shows it. */
  public synchronized void show(String sentence) {
    file.println(stamped(sentence));
    people.println(stamped(sentence));
  }

  private String stamped(String sentence) {
    double seconds = (System.nanoTime() - startNs) / 1e9;
    return String.format(Locale.ROOT, "%8.3f  %s", seconds, sentence);
  }

  @Override
  public void close() {
    file.close();
  }
}
