package io.hybnext.actors.health;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringTokenizer;

/**
 * How long a thread ran on a processor, and how long it was ready to run but others had the
 * processors: of Linux, {@code schedstat} of the thread. What a hypervisor took from the machine
 * ({@code steal} of {@code /proc/stat}) is waiting, too.
 */
final class ThreadSchedule {
  private static final Path PROC = Path.of("/proc");
  private static final int STEAL = 8; // field of the line of all processors; its name is field 0
  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final double NS_PER_MS = 1e6;

  private final Thread thread;
  private final Path times; // null where it is not known
  private final Path machine;
  private long ranNs; // as last read, as the next
  private long busyTicks;
  private long stolenTicks;
  private double stolenMs; // from this thread, in all

  private ThreadSchedule(Thread thread, Path times, Path machine) {
    this.thread = thread;
    this.times = times;
    this.machine = machine;
  }

  /** Of the thread that calls this. */
  static ThreadSchedule ofThisThread() {
    Path times = null;
    try {
      Path task = Files.readSymbolicLink(PROC.resolve("thread-self")); // PID/task/TID
      times = PROC.resolve(task).resolve("schedstat");
    } catch (IOException | UnsupportedOperationException notLinux) {
      // nothing is known then
    }
    return new ThreadSchedule(Thread.currentThread(), times, PROC.resolve("stat"));
  }

  /**
   * Of other files, for tests.
   *
   * @param times as {@code schedstat} of a thread
   * @param machine as {@code /proc/stat}
   */
  static ThreadSchedule of(Path times, Path machine) {
    return new ThreadSchedule(Thread.currentThread(), times, machine);
  }

  /** Whether it is of the thread that calls this. */
  boolean isOfThisThread() {
    return thread == Thread.currentThread();
  }

  /** The sums so far. */
  synchronized Vitals.Processor read() {
    if (times == null) {
      return Vitals.Processor.UNKNOWN;
    }
    try {
      StringTokenizer fields = new StringTokenizer(firstLine(times));
      long ran = Long.parseLong(fields.nextToken());
      long waited = Long.parseLong(fields.nextToken());
      addStolen(ran);
      return new Vitals.Processor(ran / NS_PER_MS, waited / NS_PER_MS + stolenMs);
    } catch (IOException | RuntimeException gone) { // the thread's end, or another kernel's format
      return Vitals.Processor.UNKNOWN;
    }
  }

  /** As much of the thread's time was stolen as of the processors' busy time. */
  private void addStolen(long ran) throws IOException {
    long[] ticks = ticks();
    long stolen = ticks[STEAL];
    long busy = -ticks[IDLE] - ticks[IO_WAIT];
    for (int field = 1; field <= STEAL; field++) {
      busy += ticks[field];
    }
    if (busyTicks > 0 && busy > busyTicks) {
      double share = Math.max(0, stolen - stolenTicks) / (double) (busy - busyTicks);
      stolenMs += Math.min(0.9, share) / (1 - Math.min(0.9, share)) * (ran - ranNs) / NS_PER_MS;
    }
    ranNs = ran;
    busyTicks = busy;
    stolenTicks = stolen;
  }

  private long[] ticks() throws IOException {
    long[] ticks = new long[STEAL + 1];
    StringTokenizer fields = new StringTokenizer(firstLine(machine));
    fields.nextToken(); // "cpu"
    for (int field = 1; field <= STEAL && fields.hasMoreTokens(); field++) {
      ticks[field] = Long.parseLong(fields.nextToken());
    }
    return ticks;
  }

  private static String firstLine(Path file) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(file)) { // that of the machine is long
      String line = lines.readLine();
      return line == null ? "" : line;
    }
  }
}
