package io.hybnext.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Files of {@code /proc} with a name, a colon and a value in each line. */
public final class ProcFile {
  private ProcFile() {}

  /** The value behind a name; empty when there is none, as on other systems than Linux. */
  public static String value(Path file, String name) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException | UncheckedIOException notLinux) {
      return "";
    }
  }

  /** A value in {@code kB}, in bytes; 0 when there is none. */
  public static long bytes(Path file, String name) {
    String value = value(file, name);
    return value.endsWith(" kB")
        ? 1024 * Long.parseLong(value.substring(0, value.length() - 3).strip())
        : 0;
  }
}
