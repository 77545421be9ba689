package io.hybnext.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads what others append to a file, as it comes. A file that became shorter, or is gone, is taken
 * for another one. One thread at a time.
 */
public final class FileTail {
  private static final int MOST_BYTES = 32 << 20;

  private final Path file;
  private long positionBytes;

  /** Begins at the start of a file, which need not be there yet. */
  public FileTail(Path file) {
    this.file = file;
  }

  /** The file. */
  public Path file() {
    return file;
  }

  /**
   * What is behind the part that was taken.
   *
   * @param bytes at most 32 MiB of it; empty when there is nothing
   * @param restarted whether it is another file than before, so that all taken earlier is void
   */
  public record Part(byte[] bytes, boolean restarted) {}

  /** Reads on, without taking anything: see {@link #take}. */
  public Part read() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      boolean restarted = channel.size() < positionBytes;
      positionBytes = restarted ? 0 : positionBytes;
      long there = Math.min(channel.size() - positionBytes, MOST_BYTES);
      ByteBuffer part = ByteBuffer.allocate((int) there);
      channel.position(positionBytes);
      while (part.hasRemaining() && channel.read(part) >= 0) {
        continue;
      }
      byte[] bytes = new byte[part.position()];
      part.flip().get(bytes);
      return new Part(bytes, restarted);
    } catch (NoSuchFileException absent) {
      boolean restarted = positionBytes > 0;
      positionBytes = 0;
      return new Part(new byte[0], restarted);
    }
  }

  /** Goes on behind so many of the bytes that were read last. */
  public void take(int bytes) {
    positionBytes += bytes;
  }
}
