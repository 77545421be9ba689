package io.hybnext.actors.exchange;

import io.aeron.logbuffer.LogBufferDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much shared memory the exchange of one host needs, and whether there is enough. Without the
 * check, a full {@code /dev/shm} ends a process with a bus error.
 */
public final class SharedMemory {
  private static final int PAGE_BYTES = 4096;
  private static final long DRIVER_BYTES = 12L << 20; // counters and the clients' buffers, measured

  private static final Path SHARED = Path.of("/dev/shm");

  private SharedMemory() {}

  /** Where folders of media drivers belong: shared memory, else the temporary folder. */
  public static Path folder() {
    return isThere() ? SHARED : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** Whether this machine shows shared memory as a folder. */
  public static boolean isThere() {
    return Files.isDirectory(SHARED);
  }

  /**
   * Bytes that all members of one host need together to talk through shared memory: slots for
   * messages on the way from each member to each other one, and on one from each that all read, and
   * for every way a log that carries their tokens.
   */
  public static long neededBytes(int members) {
    int logs = members == 1 ? 0 : members * members;
    return DRIVER_BYTES
        + logBytes(logs, Channels.TOKENS_TERM_BYTES)
        + SlotLayout.hostBytes(members);
  }

  private static long logBytes(int logs, int termLengthBytes) {
    return logs * LogBufferDescriptor.computeLogLength(termLengthBytes, PAGE_BYTES);
  }

  /**
   * The longest term, at most {@code wantedBytes}, with which logs of datagrams fit the free
   * memory.
   *
   * @param directory of the media driver, which runs and has what it needs itself
   * @param logs of all members of the host together
   * @throws ExchangeException when not even {@code shortestBytes} fits
   */
  static int fittingTermLength(Path directory, int logs, int wantedBytes, int shortestBytes) {
    long free = freeBytes(directory);
    for (int term = wantedBytes; term >= shortestBytes; term >>= 1) {
      if (logBytes(logs, term) <= free) {
        return term;
      }
    }
    throw tooSmall(
        directory,
        "the exchange of gradients through " + logs + " logs",
        logBytes(logs, shortestBytes),
        free);
  }

  /**
   * Checks before anything is started that the exchange fits.
   *
   * @throws ExchangeException when it does not
   */
  public static void require(Path directory, int members) {
    long needed = neededBytes(members);
    long free = freeBytes(directory);
    if (free < needed) {
      throw tooSmall(directory, "the gradient exchange of " + members + " trainers", needed, free);
    }
  }

  private static ExchangeException tooSmall(Path directory, String what, long needed, long free) {
    return new ExchangeException(
        directory
            + ": "
            + (free >> 20)
            + " MiB of shared memory free, and "
            + what
            + " needs "
            + ((needed >> 20) + 1)
            + " MiB; give it more (docker run --shm-size, mount -o remount,size=) or start fewer"
            + " trainers on this host");
  }

  /**
   * Free bytes of the file system that holds the folder, or will hold it.
   *
   * @throws ExchangeException when they cannot be read
   */
  public static long freeBytes(Path directory) {
    Path existing = directory.toAbsolutePath();
    while (existing.getParent() != null && !Files.isDirectory(existing)) {
      existing = existing.getParent();
    }
    try {
      return Files.getFileStore(existing).getUsableSpace();
    } catch (IOException unreadable) {
      throw new ExchangeException(
          directory + ": the free shared memory cannot be read: " + unreadable, unreadable);
    }
  }
}
