package io.hybnext.actors.exchange.driver;

import io.hybnext.actors.exchange.ExchangeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.IoUtil;

/**
 * A media driver in a child process. It ends with this process, however this process ends: the
 * child watches its standard input.
 */
public final class MediaDriverProcess implements AutoCloseable {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Process process;
  private final Path directory;

  private MediaDriverProcess(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
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
    MediaDriverProcess started = new MediaDriverProcess(process, directory);
    try {
      started.awaitReady(limit);
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

  private void awaitReady(Duration limit) {
    CompletableFuture<Boolean> ready = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(ready), "media-driver-output");
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
  private void read(CompletableFuture<Boolean> ready) {
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
    return process.isAlive();
  }

  /** Process identifier, for display. */
  public long pid() {
    return process.pid();
  }

  /** Completes when the process has ended, however that came. */
  public CompletionStage<Integer> ended() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** Ends the driver, which deletes its folder; one that was killed left it behind. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException gone) {
      process.destroyForcibly();
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    IoUtil.delete(directory.toFile(), true);
  }
}
