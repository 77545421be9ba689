package io.hybnext.actors.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs each trainer as a child process with a log file of its own. A child's standard input is a
 * pipe from this process, so it sees the end of it (see {@link ParentWatch}) even when this process
 * is killed. Ctrl-C at the terminal does not reach the children: the coordinator ends them in good
 * order.
 */
public final class ProcessLauncher implements TrainerLauncher {
  /** A shell that ignores the terminal's signals hands this on to the program it becomes. */
  private static final List<String> SHIELD =
      List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$0\" \"$@\"");

  private final List<String> trainers;
  private final CommandLine commandLine;
  private final Map<String, String> environment;
  private final Path logFolder;
  private final Map<String, Process> running = new HashMap<>();
  private boolean closed;

  /** Gives the command line of a trainer process. */
  @FunctionalInterface
  public interface CommandLine {
    /**
     * The program and its arguments.
     *
     * @param trainer its name
     * @param incarnation to be passed to {@code TrainerNode}
     * @param coordinator {@code host:port} to join
     */
    List<String> of(String trainer, long incarnation, String coordinator);
  }

  /**
   * Creates the launcher; nothing runs yet.
   *
   * @param trainers names of the trainers
   * @param commandLine how to start one
   * @param environment added to this process's own, e.g. {@link TrainerEnvironment#forThreads}
   * @param logFolder gets one {@code NAME.log} a trainer, appended to at a restart
   */
  public ProcessLauncher(
      List<String> trainers,
      CommandLine commandLine,
      Map<String, String> environment,
      Path logFolder) {
    this.trainers = List.copyOf(trainers);
    this.commandLine = commandLine;
    this.environment = Map.copyOf(environment);
    this.logFolder = logFolder.toAbsolutePath();
  }

  @Override
  public List<String> trainers() {
    return trainers;
  }

  @Override
  public void start(String trainer, long incarnation, String coordinator, ExitListener onExit) {
    Path log = logFolder.resolve(trainer + ".log");
    Process process;
    synchronized (this) {
      if (closed) {
        onExit.exited(trainer, incarnation, trainer + " was not started: the run is over");
        return;
      }
      try {
        Files.createDirectories(logFolder);
        process = builder(commandLine.of(trainer, incarnation, coordinator), log).start();
      } catch (IOException e) {
        String reason = trainer + " cannot be started: " + e.getMessage();
        onExit.exited(trainer, incarnation, reason);
        return;
      }
      running.put(key(trainer, incarnation), process);
    }
    process
        .onExit()
        .thenAccept(
            ended -> {
              forget(trainer, incarnation);
              onExit.exited(trainer, incarnation, describe(trainer, ended, log));
            });
  }

  private ProcessBuilder builder(List<String> command, Path log) {
    List<String> shielded = new ArrayList<>(SHIELD);
    shielded.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(shielded)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return builder;
  }

  private static String describe(String trainer, Process process, Path log) {
    int code = process.exitValue();
    String how = code > 128 ? "was ended by signal " + (code - 128) : "ended with code " + code;
    return String.format("%s (process %d) %s; its log is %s", trainer, process.pid(), how, log);
  }

  private static String key(String trainer, long incarnation) {
    return trainer + "#" + incarnation;
  }

  private synchronized void forget(String trainer, long incarnation) {
    running.remove(key(trainer, incarnation));
    notifyAll();
  }

  @Override
  public synchronized void kill(String trainer, long incarnation) {
    Process process = running.get(key(trainer, incarnation));
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Override
  public synchronized boolean awaitExit(Duration time) throws InterruptedException {
    long deadlineNs = System.nanoTime() + time.toNanos();
    while (!running.isEmpty()) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
      if (leftMs <= 0) {
        return false;
      }
      wait(leftMs);
    }
    return true;
  }

  @Override
  public synchronized void close() {
    closed = true;
    running.values().forEach(Process::destroyForcibly);
  }

  /** Process ids of the trainers that run now, by name. */
  public synchronized Map<String, Long> processIds() {
    Map<String, Long> ids = new HashMap<>();
    running.forEach((key, process) -> ids.put(key.substring(0, key.indexOf('#')), process.pid()));
    return ids;
  }
}
