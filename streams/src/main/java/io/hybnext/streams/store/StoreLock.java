package io.hybnext.streams.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Lets one writer at a time into a store, among the processes of all hosts that see its folder. */
final class StoreLock implements AutoCloseable {
  private static final String FILE = "store.lock";

  private final FileChannel channel;

  private StoreLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock; makes the store's folder when it is missing.
   *
   * @throws StoreException when another writer has it, or the folder cannot be used
   */
  static StoreLock take(Path folder) {
    try {
      Files.createDirectories(folder);
      StoreLock lock =
          new StoreLock(
              FileChannel.open(
                  folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
      if (!lock.isTaken()) {
        lock.close();
        throw new StoreInUseException(folder);
      }
      return lock;
    } catch (IOException error) {
      throw new StoreException(
          "The store "
              + folder
              + " cannot be opened ("
              + error
              + "): name a folder that may be written.",
          error);
    }
  }

  private boolean isTaken() throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException ofThisProcess) {
      return false;
    }
  }

  /** Lets another writer in. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // the lock ends with the process in any case
    }
  }
}
