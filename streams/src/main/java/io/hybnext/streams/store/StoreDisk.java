package io.hybnext.streams.store;

import java.io.IOException;
import java.nio.file.Path;

/**
 * What the store does to the disk, as few operations as can be, so that tests can end the world
 * between any two of them. Each either does all of what it says or throws, and then may have done a
 * part.
 */
public interface StoreDisk {

  /** The real one. */
  StoreDisk LOCAL = new LocalDisk();

  /** Writes a new file and flushes it to the device; an older one of that name is replaced. */
  void write(Path file, byte[] bytes) throws IOException;

  /** Gives a file its final name, atomically, and flushes the folder. */
  void rename(Path from, Path to) throws IOException;

  /** Removes a file if it is there. */
  void delete(Path file) throws IOException;

  /**
   * Opens a file, created if missing, to append after its first {@code keepBytes}, the rest cut
   * off.
   */
  Appender append(Path file, long keepBytes) throws IOException;

  /** A file being appended to. */
  interface Appender extends AutoCloseable {

    /** Adds bytes at the end. */
    void write(byte[] bytes) throws IOException;

    /** Flushes what was added to the device. */
    void force() throws IOException;

    /** Cuts the file back. */
    void truncate(long lengthBytes) throws IOException;

    @Override
    void close() throws IOException;
  }
}
