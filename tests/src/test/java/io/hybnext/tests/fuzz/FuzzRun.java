package io.hybnext.tests.fuzz;

import com.sun.management.ThreadMXBean;
import io.hybnext.ops.cli.FailureRenderer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs mutations of one target; what should not happen is kept, one of each kind. */
final class FuzzRun {
  private static final long MOST_BYTES = 128L << 20; // of the heap, for one case
  private static final long MOST_CPU_NS = TimeUnit.SECONDS.toNanos(10);
  private static final long HANG_S = 120;
  private static final int LONGEST_MESSAGE = 8 << 20; // all keys that do not fit may be listed
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzTarget target;
  private final Path findingsFolder;
  private final Map<String, String> findings = new TreeMap<>();
  private long read;
  private long refused;
  private volatile long current;

  FuzzRun(FuzzTarget target, Path findingsFolder) {
    this.target = target;
    this.findingsFolder = findingsFolder;
  }

  /**
   * Runs cases in a thread of their own until their number is reached, or the time if one is given.
   *
   * @return what was found, by kind
   */
  Map<String, String> run(long seed, long cases, long seconds) throws InterruptedException {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread worker =
        new Thread(
            () -> {
              try {
                for (long i = 0; seconds > 0 ? System.nanoTime() < endNs : i < cases; i++) {
                  current = i;
                  one(seed * 1_000_003 + i);
                }
                done.complete(null);
              } catch (Throwable defect) {
                done.completeExceptionally(defect);
              }
            },
            "fuzz");
    worker.setDaemon(true);
    worker.start();
    await(done, worker);
    return findings;
  }

  private void await(CompletableFuture<Void> done, Thread worker) throws InterruptedException {
    for (long before = -1; ; before = current) {
      try {
        done.get(HANG_S, TimeUnit.SECONDS);
        return;
      } catch (TimeoutException slow) {
        if (before == current) {
          findings.put(
              "hang", "case " + current + " at " + Arrays.toString(worker.getStackTrace()));
          return;
        }
      } catch (ExecutionException defect) {
        throw new AssertionError("case " + current, defect.getCause());
      }
    }
  }

  private void one(long seed) {
    Random random = new Random(seed);
    byte[] sound = target.sound().get(random.nextInt(target.sound().size()));
    byte[] input = new Mutations(target.words(), random.nextLong()).of(sound);
    byte[] given = random.nextBoolean() ? target.seal().apply(input) : input;
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long cpuNs = THREADS.getCurrentThreadCpuTime();
    try {
      target.reader().read(given);
      read++;
    } catch (Throwable failure) {
      judge(seed, given, failure);
    }
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    cpuNs = THREADS.getCurrentThreadCpuTime() - cpuNs;
    if (bytes > MOST_BYTES) {
      keep("memory", seed, given, bytes + " bytes of heap");
    }
    if (cpuNs > MOST_CPU_NS) {
      keep("time", seed, given, cpuNs + " ns of the processor");
    }
  }

  private void judge(long seed, byte[] input, Throwable failure) {
    String message = FailureRenderer.sentence(failure);
    if (!target.refuses(failure) || failure.getMessage() == null) {
      StackTraceElement[] trace = failure.getStackTrace();
      String place =
          Arrays.stream(trace)
              .map(StackTraceElement::toString)
              .filter(frame -> frame.contains("io.hybnext"))
              .findFirst()
              .orElse("?");
      keep(failure.getClass().getSimpleName() + " at " + place, seed, input, failure.toString());
    } else if (message.lines().count() != 1 || message.length() > LONGEST_MESSAGE) {
      String kind = failure.getStackTrace()[0].toString();
      keep(
          "no sentence at " + kind,
          seed,
          input,
          message.substring(0, Math.min(300, message.length())));
    } else {
      refused++;
    }
  }

  private void keep(String kind, long seed, byte[] input, String what) {
    if (findings.putIfAbsent(kind, "seed " + seed + ": " + what) == null) {
      try {
        Files.createDirectories(findingsFolder);
        Files.write(
            findingsFolder.resolve(target.name().replaceAll("\\W+", "-") + "-" + seed), input);
      } catch (IOException lost) {
        throw new UncheckedIOException(lost);
      }
    }
  }

  /** Cases that were read. */
  long read() {
    return read;
  }

  /** Cases that were refused with a sentence. */
  long refused() {
    return refused;
  }
}
