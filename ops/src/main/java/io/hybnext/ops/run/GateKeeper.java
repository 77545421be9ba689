package io.hybnext.ops.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hybnext.actors.health.Pulse;
import io.hybnext.actors.launch.TrainerEnvironment;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.ops.home.Home;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a run's checkpoints measured while it goes on: one process at a time, of one thread and the
 * lowest priority, so that beside busy trainers it gets about a seventieth of a core. When
 * checkpoints come faster than they are measured, the newest is next. In the process that leads the
 * run.
 */
final class GateKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GateKeeper.class);
  private static final String PROGRAM = "io.hybnext.ops.Hybnext";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final int HEAP_MIB = 512;
  private static final Duration PATIENCE = Duration.ofHours(3); // it has the lowest priority

  private final RunFolder folder;
  private final Function<Path, List<String>> program;
  private final Consumer<ProgressEvent> listener;
  private final Thread thread = new Thread(this::run, "gate");
  private final Pulse pulse =
      new Pulse("gate", PATIENCE, "See logs/gate.log; end the process `gate` if it hangs.");
  private Path next; // newest that was not measured; guarded by this, as all below
  private Process process;
  private boolean finishing;
  private boolean closed;

  /**
   * Starts waiting for checkpoints.
   *
   * @param listener gets a {@link ProgressEvent.Gate} for each that was measured
   */
  GateKeeper(RunFolder folder, Consumer<ProgressEvent> listener) {
    this(folder, GateKeeper::program, listener);
  }

  /** The same with another program, whose last line is the event. */
  GateKeeper(
      RunFolder folder, Function<Path, List<String>> program, Consumer<ProgressEvent> listener) {
    this.folder = folder;
    this.program = program;
    this.listener = listener;
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

  /** Waits until the newest checkpoint is measured; nothing more comes. */
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
        pulse.begin("measures " + checkpoint.getFileName());
        measure(checkpoint);
        pulse.finish();
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

  private void measure(Path checkpoint) throws InterruptedException {
    Path log = folder.logs().resolve("gate.log");
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
        listener.accept(JSON.readValue(lastLine(out), ProgressEvent.Gate.class));
      } else {
        LOG.warn("{} was not measured and does not become current; {} says why", checkpoint, log);
      }
    } catch (JsonProcessingException foreign) {
      LOG.warn("{} was measured, but the answer cannot be read: {}", checkpoint, log);
    } catch (IOException e) {
      LOG.warn("{} cannot be measured: {}", checkpoint, e.getMessage());
    }
  }

  private static String lastLine(String text) {
    return text.lines().reduce("", (before, line) -> line);
  }

  private static List<String> program(Path checkpoint) {
    List<String> command =
        new ArrayList<>(
            TrainerEnvironment.java(
                HEAP_MIB, PROGRAM, List.of("gate", "--checkpoint", checkpoint.toString())));
    command.add(1, "-Dhybnext.home=" + Home.current().folder()); // its networks lie there
    return command;
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

  /** Ends the process that measures; its checkpoint is measured at the next start. */
  @Override
  public synchronized void close() {
    closed = true;
    if (process != null) {
      process.destroyForcibly();
    }
    notifyAll();
  }
}
