package io.hybnext.actors.cluster;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Held by the one process that may decide over a run: an exclusive lock on a file of the run's
 * folder, which the operating system gives back when its holder ends, however that happens. Whoever
 * does not hold it writes neither journal nor checkpoints.
 */
final class RunLock implements AutoCloseable {
  /** Held by this process: to open such a file again and close it would give the lock back. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock if nobody has it.
   *
   * @throws IOException when the file cannot be used
   */
  static Optional<RunLock> tryTake(Path path) throws IOException {
    Path file = path.toAbsolutePath().normalize();
    Files.createDirectories(file.getParent());
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return Optional.of(new RunLock(file, channel));
      }
    } catch (IOException | RuntimeException e) {
      forget(file, channel);
      throw e;
    }
    forget(file, channel);
    return Optional.empty();
  }

  private static void forget(Path file, FileChannel channel) throws IOException {
    HELD.remove(file);
    if (channel != null) {
      channel.close();
    }
  }

  /** Gives it back; does nothing the second time. */
  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      forget(file, channel);
    }
  }
}
