package io.hybnext.actors.exchange.driver;

import io.hybnext.actors.exchange.ExchangeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.IoUtil;

/**
 * A media driver in a process of its own. One that was started here ends with {@link #close}; when
 * this process is killed it stays until no member uses it any more, so that another process can
 * adopt it.
 */
public final class MediaDriverProcess implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final ProcessHandle handle;
  private final Optional<Process> child; // empty when another process started it
  private final Path directory;

  private MediaDriverProcess(ProcessHandle handle, Optional<Process> child, Path directory) {
    this.handle = handle;
    this.child = child;
    this.directory = directory;
  }

  /**
   * The driver that runs in a folder, whoever started it; empty when none does.
   *
   * @param directory of the driver alone
   */
  public static Optional<MediaDriverProcess> running(Path directory) {
    return MediaDriverHost.running(directory)
        .map(handle -> new MediaDriverProcess(handle, Optional.empty(), directory));
  }

  /**
   * Starts the process and waits until members may connect.
   *
   * @param command runs {@link MediaDriverHost#serve} on {@code directory}; e.g. {@link
   *     #javaCommand}
   * @param limit how long it may take to be ready
   * @throws ExchangeException when it ends or is not ready in time
   */
  public static MediaDriverProcess start(List<String> command, Path directory, Duration limit) {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException failed) {
      throw new ExchangeException(
          "the media driver cannot be started: " + failed.getMessage(), failed);
    }
    MediaDriverProcess started =
        new MediaDriverProcess(process.toHandle(), Optional.of(process), directory);
    try {
      awaitReady(process, directory, limit);
      return started;
    } catch (RuntimeException failed) {
      started.close();
      throw failed;
    }
  }

  /** This process's Java with the same class path, running a driver in the folder. */
  public static List<String> javaCommand(Path directory) {
    List<String> command = new ArrayList<>(JavaCommand.prefix("-Xmx256m"));
    command.add(MediaDriverHost.class.getName());
    command.add(directory.toString());
    return List.copyOf(command);
  }

  private static void awaitReady(Process process, Path directory, Duration limit) {
    CompletableFuture<Boolean> ready = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(process, ready), "media-driver-output");
    reader.setDaemon(true);
    reader.start();
    try {
      if (!ready.get(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new ExchangeException(
            directory + ": the media driver ended before it was ready; see its message above");
      }
    } catch (TimeoutException late) {
      throw new ExchangeException(
          directory + ": the media driver was not ready within " + limit.toSeconds() + " s", late);
    } catch (ExecutionException failed) {
      throw new ExchangeException(directory + ": the media driver failed", failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ExchangeException("interrupted while the media driver started", interrupted);
    }
  }

  /** Reads on after the line, so that the child never waits for room in the pipe. */
  private static void read(Process process, CompletableFuture<Boolean> ready) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(MediaDriverHost.READY)) {
          ready.complete(true);
        }
      }
      ready.complete(false);
    } catch (IOException failed) {
      ready.completeExceptionally(failed);
    }
  }

  /** Folder that members connect to. */
  public Path directory() {
    return directory;
  }

  /** Whether it still runs; a member's exchange fails when not. */
  public boolean isAlive() {
    return handle.isAlive();
  }

  /** Process identifier, for display. */
  public long pid() {
    return handle.pid();
  }

  /** Completes when the process has ended, with how: {@code was ended by signal 9}. */
  public CompletionStage<String> ended() {
    return child
        .map(process -> process.onExit().thenApply(ended -> how(ended.exitValue())))
        .orElseGet(() -> handle.onExit().thenApply(ended -> "ended"));
  }

  private static String how(int code) {
    return code > 128 ? "was ended by signal " + (code - 128) : "ended with code " + code;
  }

  /**
   * Ends the driver, which deletes its folder; one that was killed left it behind. One that another
   * process started ends with the last member that uses it.
   */
  @Override
  public void close() {
    child.ifPresent(this::end);
  }

  private void end(Process process) {
    try (OutputStream parent = process.getOutputStream()) {
      parent.write(MediaDriverHost.END);
    } catch (IOException gone) {
      process.destroyForcibly();
    }
    try {
      if (!process.waitFor(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    IoUtil.delete(directory.toFile(), true);
  }
}
