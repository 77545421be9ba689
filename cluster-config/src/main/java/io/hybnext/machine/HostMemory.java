package io.hybnext.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory that processes here can get, of the machine or, where that is less, of the container
 * (control group version 2).
 *
 * @param availableBytes that can be used now without swapping; 0 when unknown
 * @param totalBytes in all; 0 when unknown
 */
public record HostMemory(long availableBytes, long totalBytes) {
  private static final Path ROOT = Path.of("/");

  /** Looks now. */
  public static HostMemory now() {
    return read(ROOT);
  }

  /** Looks at the files of another root, for tests. */
  static HostMemory read(Path root) {
    Path machine = root.resolve("proc/meminfo");
    long total = ProcFile.bytes(machine, "MemTotal");
    long available = ProcFile.bytes(machine, "MemAvailable");
    Path group = root.resolve("sys/fs/cgroup");
    long limit = number(group.resolve("memory.max"));
    if (limit <= 0 || limit >= total) {
      return new HostMemory(available, total);
    }
    long cached = inactive(group.resolve("memory.stat")); // given back before anybody starves
    long used = number(group.resolve("memory.current")) - cached;
    return new HostMemory(Math.min(available, Math.max(0, limit - used)), limit);
  }

  /** 0 for what is no number, such as {@code max}, or not there. */
  private static long number(Path file) {
    try {
      return Long.parseLong(Files.readString(file).strip());
    } catch (IOException | NumberFormatException none) {
      return 0;
    }
  }

  private static long inactive(Path stat) {
    try {
      for (String line : Files.readAllLines(stat)) {
        if (line.startsWith("inactive_file ")) {
          return Long.parseLong(line.substring("inactive_file ".length()).strip());
        }
      }
    } catch (IOException | NumberFormatException none) {
      return 0;
    }
    return 0;
  }
}
