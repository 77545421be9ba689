package io.hybnext.model.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Physical memory of this process, as the kernel counts it. Where glibc maps every large block by
 * itself (MALLOC_MMAP_THRESHOLD_), it goes up and down with what libtorch holds.
 */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  static long now() {
    return bytes("VmRSS:");
  }

  static long peak() {
    return bytes("VmHWM:");
  }

  /** From now on {@link #peak} is the most since here. */
  static void restartPeak() {
    try {
      Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    } catch (IOException refused) {
      throw new UncheckedIOException(refused);
    }
  }

  private static long bytes(String key) {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
