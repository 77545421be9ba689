package io.hybnext.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What this machine's processor can do, from the kernel's own list. */
final class CpuFeatures {
  private static final Set<String> BF16_FLAGS = Set.of("avx512_bf16", "amx_bf16", "bf16");
  private static final boolean BF16 = read();

  private CpuFeatures() {}

  /** Whether there are instructions for products of bf16; false where that cannot be told. */
  static boolean bf16() {
    return BF16;
  }

  private static boolean read() {
    try {
      return bf16(Files.readAllLines(Path.of("/proc/cpuinfo")));
    } catch (IOException noSuchList) {
      return false; // not Linux: widening is always right, if not always fastest
    }
  }

  static boolean bf16(List<String> cpuinfo) {
    return cpuinfo.stream()
        .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
        .findFirst()
        .map(line -> Arrays.stream(line.split("\\s+")).anyMatch(BF16_FLAGS::contains))
        .orElse(false);
  }
}
