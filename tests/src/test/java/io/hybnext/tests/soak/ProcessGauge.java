package io.hybnext.tests.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * What the processes of a run hold, summed over them.
 *
 * @param rssMib resident memory, MiB
 * @param threads of all kinds
 * @param handles open files and sockets
 * @param nativeArrays DJL arrays that are reachable in the virtual machines: each holds a tensor
 * @param sharedMib content of {@code /dev/shm}, MiB
 */
record ProcessGauge(
    double rssMib, double threads, double handles, double nativeArrays, double sharedMib) {
  private static final Path SHARED = Path.of("/dev/shm");
  private static final String ARRAY = "ai.djl.pytorch.engine.PtNDArray";
  private static final double MIB = 1 << 20;

  /** Looks at processes; those that end meanwhile count as far as they were seen. */
  static ProcessGauge of(List<Long> processes) throws IOException, InterruptedException {
    double rss = 0;
    double threads = 0;
    double handles = 0;
    double arrays = 0;
    for (long pid : processes) {
      Path proc = Path.of("/proc/" + pid);
      rss += status(proc, "VmRSS:") / 1024.0;
      threads += status(proc, "Threads:");
      handles += entries(proc.resolve("fd"));
      arrays += arrays(pid);
    }
    return new ProcessGauge(rss, threads, handles, arrays, sizeOf(SHARED) / MIB);
  }

  private static long status(Path proc, String name) throws IOException {
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  private static long entries(Path folder) throws IOException {
    long count = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        count += entry == null ? 0 : 1;
      }
    }
    return count;
  }

  /** After a collection, so that what is only waiting for one does not count. */
  private static long arrays(long pid) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process histogram =
        new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    histogram.waitFor();
    return said.lines()
        .filter(line -> line.endsWith(ARRAY) || line.contains(ARRAY + " "))
        .map(line -> line.strip().replaceAll("^\\d+:\\s+(\\d+)\\s.*", "$1"))
        .mapToLong(Long::parseLong)
        .sum();
  }

  private static long sizeOf(Path folder) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes of) {
            bytes[0] += of.size();
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }
}
