package io.hybnext.actors.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Shared memory with the slots of one sender. The sender makes the file in the media driver's
 * folder, the others map it as soon as it is connected, and its name is taken away as soon as all
 * have: so nothing is left behind however a member ends.
 */
final class SlotFile implements AutoCloseable {
  private final Path path;
  private final MappedByteBuffer memory;
  private final UnsafeBuffer buffer;
  private boolean named;

  private SlotFile(Path path, MappedByteBuffer memory, boolean named) {
    this.path = path;
    this.memory = memory;
    this.named = named;
    buffer = new UnsafeBuffer(memory.order(ByteOrder.nativeOrder()));
  }

  /** Where a sender's file is. */
  static Path path(String directory, int streams, int sender) {
    return Path.of(directory, "slots-" + streams + "-" + sender);
  }

  /**
   * Makes a sender's file. The memory of the parts that will be used is taken at once, so that too
   * little of it shows here.
   *
   * @param used the first and the last byte of each part
   * @throws ExchangeException when there is too little memory
   */
  static SlotFile create(Path path, int bytes, int[][] used) {
    try {
      Files.deleteIfExists(path);
      try (FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 16);
        for (int[] part : used) {
          fill(channel, zeros, part[0], part[1]);
        }
        return new SlotFile(path, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes), true);
      }
    } catch (IOException failed) {
      throw new ExchangeException(
          path + ": shared memory for the exchange cannot be taken: " + failed.getMessage(),
          failed);
    }
  }

  private static void fill(FileChannel channel, ByteBuffer zeros, long from, long to)
      throws IOException {
    for (long at = from; at < to; at += zeros.limit()) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
      channel.write(zeros, at);
    }
  }

  /** Maps another sender's file; null when that sender has left already. */
  static SlotFile open(Path path, int bytes) {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new SlotFile(path, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes), false);
    } catch (NoSuchFileException gone) {
      return null;
    } catch (IOException failed) {
      throw new ExchangeException(path + ": cannot be mapped: " + failed.getMessage(), failed);
    }
  }

  UnsafeBuffer buffer() {
    return buffer;
  }

  /** Takes the name away; the memory stays for those that have mapped it. */
  void unname() {
    if (named) {
      named = false;
      try {
        Files.deleteIfExists(path);
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }

  @Override
  public void close() {
    unname();
    buffer.wrap(0, 0);
    BufferUtil.free(memory);
  }
}
