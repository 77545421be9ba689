package io.hybnext.actors.launch;

import io.hybnext.actors.exchange.driver.JavaCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the environment and command line of a process that does maths should hold. */
public final class TrainerEnvironment {
  private static final String KEEP_BYTES = Long.toString(1L << 30);

  /** Weights and moments are direct buffers, which Java else limits to the size of the heap. */
  private static final String OUTSIDE_HEAP = "1t";

  private TrainerEnvironment() {}

  /**
   * Environment of a trainer: number of native threads, and glibc settings that keep freed blocks
   * in the process, where PyTorch takes them again a moment later; one arena, because those of
   * other threads than the first hold no block of 64 MiB. What the environment of this process says
   * about glibc stays.
   *
   * @param threads intra-op threads, at least 1
   */
  public static Map<String, String> forThreads(int threads) {
    String count = Integer.toString(threads);
    return Map.of(
        "MALLOC_MMAP_THRESHOLD_", inherited("MALLOC_MMAP_THRESHOLD_", KEEP_BYTES),
        "MALLOC_TRIM_THRESHOLD_", inherited("MALLOC_TRIM_THRESHOLD_", KEEP_BYTES),
        "MALLOC_ARENA_MAX", inherited("MALLOC_ARENA_MAX", "1"),
        "OMP_NUM_THREADS", count,
        "MKL_NUM_THREADS", count);
  }

  private static String inherited(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }

  /**
   * Command line of a Java program with this process's Java and class path. Its heap has one size
   * from the beginning: what a run takes is known then, and grows by nothing over weeks.
   *
   * @param heapMib the heap, MiB; weights and gradients live outside of it
   * @param mainClass the program
   * @param arguments its arguments
   */
  public static List<String> java(int heapMib, String mainClass, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            JavaCommand.prefix(
                "-Xms" + heapMib + "m",
                "-Xmx" + heapMib + "m",
                "-XX:MaxDirectMemorySize=" + OUTSIDE_HEAP,
                "-XX:+ExitOnOutOfMemoryError",
                "--add-opens",
                "java.base/java.nio=ALL-UNNAMED"));
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }
}
