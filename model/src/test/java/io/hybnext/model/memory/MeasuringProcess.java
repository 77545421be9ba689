package io.hybnext.model.memory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program in a process of its own whose physical memory tells what it holds: glibc maps every
 * block of 256 KiB by itself and gives it back when it is freed, and the heap has one size.
 */
public final class MeasuringProcess {
  private MeasuringProcess() {}

  /** Runs it to its end and returns what it printed. */
  public static List<String> lines(Class<?> program, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-XX:MaxDirectMemorySize=1t",
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-opens",
                "java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder
        .environment()
        .putAll(
            Map.of(
                "MALLOC_MMAP_THRESHOLD_",
                "262144",
                "MALLOC_ARENA_MAX",
                "1",
                "OMP_NUM_THREADS",
                "1",
                "MKL_NUM_THREADS",
                "1"));
    Process process = builder.start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException(program + " ended with " + process.exitValue() + ": " + lines);
    }
    return lines;
  }
}
