package io.hybnext.ops.home;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process runs on, as far as Linux tells. */
public final class Machine {
  private Machine() {}

  /** Model of the processor, or its architecture. */
  public static String processor() {
    String model = value(Path.of("/proc/cpuinfo"), "model name");
    return model.isEmpty() ? System.getProperty("os.arch") : model;
  }

  /** Logical cores that this process may use. */
  public static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** Memory of the machine, bytes; 0 when unknown. */
  public static long memoryBytes() {
    return kibibytes(Path.of("/proc/meminfo"), "MemTotal");
  }

  /** Memory that can be used now without swapping, bytes; 0 when unknown. */
  public static long availableMemoryBytes() {
    return kibibytes(Path.of("/proc/meminfo"), "MemAvailable");
  }

  /** Most memory that a process held so far, bytes; 0 when it is gone or unknown. */
  public static long peakResidentBytes(long pid) {
    return kibibytes(Path.of("/proc", Long.toString(pid), "status"), "VmHWM");
  }

  /** Operating system, version and architecture. */
  public static String system() {
    return System.getProperty("os.name")
        + " "
        + System.getProperty("os.version")
        + " "
        + System.getProperty("os.arch");
  }

  /** Version and name of the virtual machine. */
  public static String java() {
    return System.getProperty("java.version") + " (" + System.getProperty("java.vm.name") + ")";
  }

  private static long kibibytes(Path file, String key) {
    String value = value(file, key);
    return value.endsWith(" kB")
        ? 1024 * Long.parseLong(value.substring(0, value.length() - 3).strip())
        : 0;
  }

  private static String value(Path file, String key) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith(key))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException | java.io.UncheckedIOException notLinux) {
      return "";
    }
  }
}
