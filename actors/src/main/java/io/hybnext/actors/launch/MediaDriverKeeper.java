package io.hybnext.actors.launch;

import io.hybnext.actors.exchange.SharedMemory;
import io.hybnext.actors.exchange.driver.MediaDriverProcess;
import io.hybnext.actors.run.ProgressEvent.DriverStarted;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps the media driver of a run: a process that is started for the first generation with more
 * than one member, since a lone trainer exchanges with nobody, and again when it ended. The driver
 * of a coordinator that was killed is taken over with its members.
 */
public final class MediaDriverKeeper implements ExchangeHost, AutoCloseable {
  private final Path directory;
  private final List<String> command;
  private final Duration limit;
  private MediaDriverProcess driver;
  private String ended = "";
  private boolean closed;

  /**
   * Creates the keeper; nothing runs yet.
   *
   * @param directory folder of the driver alone, best in shared memory
   * @param command runs a driver there, see {@link MediaDriverProcess#javaCommand}
   * @param limit how long the driver may take to be ready
   */
  public MediaDriverKeeper(Path directory, List<String> command, Duration limit) {
    this.directory = directory;
    this.command = List.copyOf(command);
    this.limit = limit;
  }

  @Override
  public synchronized Optional<DriverStarted> prepare(int members, Consumer<String> onLost) {
    if (members < 2 || closed || (driver != null && driver.isAlive())) {
      return Optional.empty();
    }
    if (driver != null) {
      driver.close(); // what it left in shared memory
      driver = null;
    }
    Optional<MediaDriverProcess> other = MediaDriverProcess.running(directory);
    if (other.isPresent()) { // of a process that led the run before this one
      keep(other.get(), onLost);
      return Optional.empty();
    }
    SharedMemory.require(directory.getParent(), members);
    keep(MediaDriverProcess.start(command, directory, limit), onLost);
    return Optional.of(new DriverStarted(driver.pid(), ended));
  }

  private void keep(MediaDriverProcess process, Consumer<String> onLost) {
    driver = process;
    process.ended().thenAccept(how -> onEnded(process, how, onLost));
  }

  private void onEnded(MediaDriverProcess process, String how, Consumer<String> onLost) {
    synchronized (this) {
      if (closed || process != driver) {
        return;
      }
      ended = "the media driver (process " + process.pid() + ") " + how;
    }
    onLost.accept(ended);
  }

  /** Ends the driver. */
  @Override
  public void close() {
    MediaDriverProcess last;
    synchronized (this) {
      closed = true;
      last = driver;
    }
    if (last != null) {
      last.close();
    }
  }
}
