package io.hybnext.actors.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Held by the one process that may decide over a run: an exclusive lock on a file of the run's
 * folder, which the operating system gives back when its holder ends, however that happens. Whoever
 * does not hold it writes neither journal nor checkpoints.
 */
final class RunLock implements AutoCloseable {
  private static final int TOKEN_BYTES = 16;

  /** Held by this process: to open such a file again and close it would give the lock back. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;
  private final byte[] token; // what the file says while this one holds it
  private final Object key; // of the file itself, whatever has its name later

  private RunLock(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    token = newToken();
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(token), 0);
    channel.force(true);
    key = key(file);
  }

  private static byte[] newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return (HexFormat.of().formatHex(bytes) + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  /**
   * Whether nobody has taken it since, as it can happen where the operating system forgets locks:
   * on a network's file system that was cut off for a while, or when the file was replaced. To be
   * asked before anything is written that only the holder may write.
   *
   * @throws IOException when the file cannot be read
   */
  synchronized boolean isHeld() throws IOException {
    if (!channel.isOpen() || !Files.exists(file) || !Objects.equals(key, key(file))) {
      return false;
    }
    ByteBuffer now = ByteBuffer.allocate(token.length + 1);
    int read = channel.read(now, 0); // opening the file again would give the lock back
    return read == token.length && Arrays.equals(token, Arrays.copyOf(now.array(), read));
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
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
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
  public synchronized void close() throws IOException {
    if (channel.isOpen()) {
      forget(file, channel);
    }
  }
}
