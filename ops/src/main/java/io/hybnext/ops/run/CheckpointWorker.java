package io.hybnext.ops.run;

import io.hybnext.actors.health.Pulse;
import io.hybnext.actors.launch.TrainerEnvironment;
import io.hybnext.ops.home.OwnProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a command of this program work on a run's checkpoints while it goes on: one process at a
 * time, of one thread and the lowest priority, so that beside busy trainers it gets about a
 * seventieth of a core. When checkpoints come faster than it works, the newest is next. In the
 * process that leads the run.
 */
final class CheckpointWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWorker.class);
  private static final int HEAP_MIB = 512;
  private static final Duration PATIENCE = Duration.ofHours(3); // it has the lowest priority

  private final RunFolder folder;
  private final Work work;
  private final Function<Path, List<String>> program;
  private final ReentrantLock turn;
  private final Consumer<String> answers;
  private final Pulse pulse;
  private final Thread thread;
  private Path next; // newest that was not worked on; guarded by this, as all below
  private Process process;
  private boolean finishing;
  private boolean closed;

  /**
   * What is done.
   *
   * @param command of this program; gets {@code --checkpoint DIR}
   * @param doing as a sentence goes on that begins with the command and ends with the checkpoint
   * @param otherwise what it means when it fails, as the end of a sentence
   */
  record Work(String command, String doing, String otherwise) {}

  /**
   * Starts waiting for checkpoints.
   *
   * @param turn held while a process works: workers with the same one work one after the other
   * @param answers gets the last line of each process's standard output
   */
  CheckpointWorker(RunFolder folder, Work work, ReentrantLock turn, Consumer<String> answers) {
    this(folder, work, checkpoint -> program(work, checkpoint), turn, answers);
  }

  /** The same with another program, which is given the checkpoint. */
  CheckpointWorker(
      RunFolder folder,
      Work work,
      Function<Path, List<String>> program,
      ReentrantLock turn,
      Consumer<String> answers) {
    this.folder = folder;
    this.work = work;
    this.program = program;
    this.turn = turn;
    this.answers = answers;
    String action = "See logs/" + work.command() + ".log; end its process if it hangs.";
    pulse = new Pulse(work.command(), PATIENCE, action);
    thread = new Thread(this::run, work.command());
    thread.setDaemon(true);
    thread.start();
  }

  /** What it does. */
  Pulse pulse() {
    return pulse;
  }

  /** A checkpoint was published. */
  synchronized void onCheckpoint(Path checkpoint) {
    next = checkpoint;
    notifyAll();
  }

  /** Waits until the newest checkpoint is done; nothing more comes. */
  void finish() throws InterruptedException {
    synchronized (this) {
      finishing = true;
      notifyAll();
    }
    thread.join();
  }

  private void run() {
    try {
      for (Path checkpoint = take(); checkpoint != null; checkpoint = take()) {
        turn.lockInterruptibly();
        try {
          pulse.begin(work.doing() + " " + checkpoint.getFileName());
          work(checkpoint);
        } finally {
          pulse.finish();
          turn.unlock();
        }
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized Path take() throws InterruptedException {
    while (next == null && !finishing && !closed) {
      wait();
    }
    Path taken = closed ? null : next;
    next = null;
    return taken;
  }

  private void work(Path checkpoint) throws InterruptedException {
    Path log = folder.logs().resolve(work.command() + ".log");
    try {
      Files.createDirectories(folder.logs());
      Process started = start(checkpoint, log);
      String out = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = started.waitFor();
      synchronized (this) {
        process = null;
        if (closed) {
          return;
        }
      }
      if (code == 0) {
        answers.accept(lastLine(out));
      } else if (Files.notExists(checkpoint)) {
        LOG.debug("{} {}: newer ones took its place", checkpoint, work.otherwise());
      } else {
        LOG.warn("{} {}; {} says why", checkpoint, work.otherwise(), log);
      }
    } catch (IOException e) {
      LOG.warn("{} {}: {}", checkpoint, work.otherwise(), e.getMessage());
    }
  }

  private static String lastLine(String text) {
    return text.lines().reduce("", (before, line) -> line);
  }

  private static List<String> program(Work work, Path checkpoint) {
    List<String> arguments = List.of(work.command(), "--checkpoint", checkpoint.toString());
    return OwnProgram.command(HEAP_MIB, arguments);
  }

  private Process start(Path checkpoint, Path log) throws IOException {
    List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
    command.addAll(program.apply(checkpoint));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(TrainerEnvironment.forThreads(1));
    synchronized (this) {
      if (closed) {
        throw new IOException("the run is over");
      }
      process = builder.start();
      return process;
    }
  }

  /** Ends the process that works. */
  @Override
  public synchronized void close() {
    closed = true;
    if (process != null) {
      process.destroyForcibly();
    }
    notifyAll();
  }
}
