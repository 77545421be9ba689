package io.hybnext.tests.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a process of a run holds.
 *
 * @param process its identifier
 * @param rssMib resident memory, MiB: the sum of the next three
 * @param anonymousMib of it, what no file backs: the Java heap and native memory
 * @param filesMib of it, pages of files: programs, libraries, mapped data
 * @param sharedMib of it, shared memory
 * @param heapMib Java objects that are reachable, after a collection
 * @param threads of all kinds
 * @param handles open files and sockets
 * @param nativeArrays DJL arrays that are reachable in the virtual machine: each holds a tensor
 */
record ProcessGauge(
    long process,
    double rssMib,
    double anonymousMib,
    double filesMib,
    double sharedMib,
    double heapMib,
    double threads,
    double handles,
    double nativeArrays) {
  private static final Path SHARED = Path.of("/dev/shm");
  private static final String ARRAY = "ai.djl.pytorch.engine.PtNDArray";
  private static final Pattern WORDS = Pattern.compile("\\s+");
  private static final double MIB = 1 << 20;

  /** Looks at processes; of those that end meanwhile as much is told as was seen. */
  static List<ProcessGauge> of(List<Long> processes) throws IOException, InterruptedException {
    List<ProcessGauge> gauges = new ArrayList<>();
    for (long process : processes) {
      gauges.add(of(process));
    }
    return gauges;
  }

  private static ProcessGauge of(long process) throws IOException, InterruptedException {
    Path proc = Path.of("/proc/" + process);
    List<String> objects = histogram(process); // collects, so it comes first
    List<String> status = Files.readAllLines(proc.resolve("status"));
    return new ProcessGauge(
        process,
        value(status, "VmRSS:") / 1024.0,
        value(status, "RssAnon:") / 1024.0,
        value(status, "RssFile:") / 1024.0,
        value(status, "RssShmem:") / 1024.0,
        column(objects, "Total", 2) / MIB,
        value(status, "Threads:"),
        entries(proc.resolve("fd")),
        column(objects, ARRAY, 1));
  }

  private static long value(List<String> status, String name) {
    for (String line : status) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  /** Content of {@code /dev/shm}, MiB. */
  static double sharedMemoryMib() throws IOException {
    return sizeOf(SHARED) / MIB;
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

  /** A line a class: number, objects, bytes, name; then the totals without a number. */
  private static List<String> histogram(long process) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process histogram =
        new ProcessBuilder(jcmd, Long.toString(process), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String said = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    histogram.waitFor();
    return said.lines().toList();
  }

  /** A number of the line that a name stands in; 0 without such a line. */
  private static long column(List<String> histogram, String name, int column) {
    for (String line : histogram) {
      List<String> words = List.of(WORDS.split(line.strip(), -1));
      if (words.contains(name) && words.size() > column) {
        return Long.parseLong(words.get(column));
      }
    }
    return 0;
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
