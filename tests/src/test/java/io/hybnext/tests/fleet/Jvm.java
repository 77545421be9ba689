package io.hybnext.tests.fleet;

import io.hybnext.actors.launch.TrainerEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A command of Hybnext in a process of its own, with the class path of this one. */
public final class Jvm {
  private static final int HEAP_MIB = 256;

  /** Process numbers of namespaces meet in one folder of performance data: none is written. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1 -XX:-UsePerfData";

  private final String name;
  private final Process process;
  private final long startedNs;
  private volatile boolean stopped;

  /** Takes a line of a process's standard output. */
  @FunctionalInterface
  public interface LineListener {
    /**
     * A line was read.
     *
     * @param from the process
     * @param line without its end
     * @param atNs when, as {@link System#nanoTime}
     */
    void read(Jvm from, String line, long atNs);
  }

  private Jvm(String name, Process process, long startedNs) {
    this.name = name;
    this.process = process;
    this.startedNs = startedNs;
  }

  /**
   * Starts it.
   *
   * @param name what it is called here
   * @param arguments of {@code ops/hybnext}
   * @param log its standard error is added to this file
   * @param lines told every line of its standard output, on a thread of its own
   */
  public static Jvm start(String name, List<String> arguments, Path log, LineListener lines)
      throws IOException {
    long startedNs = System.nanoTime();
    Process process = builder(arguments, log).start();
    Jvm jvm = new Jvm(name, process, startedNs);
    Thread reader = new Thread(() -> jvm.read(lines), name + "-output");
    reader.setDaemon(true);
    reader.start();
    return jvm;
  }

  private static ProcessBuilder builder(List<String> arguments, Path log) {
    List<String> command =
        new ArrayList<>(TrainerEnvironment.java(HEAP_MIB, "io.hybnext.ops.Hybnext", arguments));
    command.add(1, "-Dhybnext.home=" + System.getProperty("hybnext.root"));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(TrainerEnvironment.forThreads(1));
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    // Lives are short: what the second compiler costs, here and in children, never comes back.
    builder.environment().put("JDK_JAVA_OPTIONS", QUICK);
    return builder;
  }

  private void read(LineListener lines) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.read(this, line, System.nanoTime());
      }
    } catch (IOException gone) {
      lines.read(this, "", System.nanoTime()); // the pipe of a process that was killed
    }
  }

  /** What it is called here. */
  public String name() {
    return name;
  }

  /** Its number. */
  public long pid() {
    return process.pid();
  }

  /** When it was started, as {@link System#nanoTime}. */
  public long startedNs() {
    return startedNs;
  }

  /** Whether it runs, held still or not. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Whether {@link #stop} holds it still. */
  public boolean isStopped() {
    return stopped;
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly();
  }

  /** SIGTERM. */
  public void terminate() {
    process.toHandle().destroy(); // Process.destroy would close the pipe that is read on
  }

  /** SIGSTOP. */
  public void stop() throws IOException, InterruptedException {
    stopped = true;
    signal("STOP", pid());
  }

  /** SIGCONT. */
  public void goOn() throws IOException, InterruptedException {
    signal("CONT", pid());
    stopped = false;
  }

  /**
   * Sends a signal to a process; one that is gone already gets none.
   *
   * @param signal {@code KILL}, {@code STOP} or {@code CONT}
   * @throws IOException with a sentence when a living process does not take it
   */
  public static void signal(String signal, long pid) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    kill.getInputStream().readAllBytes();
    boolean lives = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    if (kill.waitFor() != 0 && lives) {
      throw new IOException("process " + pid + " does not take SIG" + signal);
    }
  }

  /**
   * Waits for its end.
   *
   * @return its exit code
   * @throws IOException with a sentence when it does not end in time; it is killed then
   */
  public int awaitExit(long limitSeconds) throws IOException, InterruptedException {
    if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
      kill();
      throw new IOException(name + " did not end within " + limitSeconds + " s");
    }
    return process.exitValue();
  }

  @Override
  public String toString() {
    return name + " (process " + pid() + ")";
  }
}
