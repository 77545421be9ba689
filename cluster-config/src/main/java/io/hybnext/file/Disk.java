package io.hybnext.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * What code that must survive a crash does to the disk, as few operations as can be, so that a
 * simulated disk can end the world within any of them. Each does all of what it says or throws, and
 * may then have done a part. Nothing is safe from a loss of power before {@link #force}: neither
 * what was written to a file, nor, before the folder was forced, the names in it.
 */
public interface Disk {

  /** The real one. */
  Disk LOCAL = new LocalDisk();

  /** Whether there is a file or folder of this name. */
  boolean exists(Path path);

  /** Whether this is a folder; a link to one is none. */
  boolean isFolder(Path path);

  /** Files and folders in a folder, in no order. */
  List<Path> list(Path folder) throws IOException;

  /** Length of a file. */
  long sizeBytes(Path file) throws IOException;

  /** Opens a file from its beginning. */
  InputStream open(Path file) throws IOException;

  /** Makes a folder and those above it, where they are missing. */
  void createFolders(Path folder) throws IOException;

  /** Makes or replaces a file. */
  void write(Path file, byte[] content) throws IOException;

  /** Opens a file, made when missing, to append after its first {@code keepBytes}. */
  Appender append(Path file, long keepBytes) throws IOException;

  /** Gives a file or folder another name in one moment; a file of that name is replaced. */
  void move(Path from, Path to) throws IOException;

  /** Removes a file or an empty folder, if it is there. */
  void delete(Path path) throws IOException;

  /** Flushes a file, or the names in a folder, to the device. */
  void force(Path path) throws IOException;

  /** A part of a name that nobody else uses. */
  default String uniqueName() {
    return UUID.randomUUID().toString();
  }

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
