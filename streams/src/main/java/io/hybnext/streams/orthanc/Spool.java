package io.hybnext.streams.orthanc;

import io.hybnext.file.FileFailure;
import io.hybnext.streams.source.SourceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A folder for files on their way from a server, for its owner alone: they name people. What a
 * crash left in it goes when it is opened.
 */
public final class Spool implements AutoCloseable {
  private final Path folder;
  private final AtomicLong next = new AtomicLong();

  /**
   * Opens and empties a folder.
   *
   * @throws SourceException when it cannot be used
   */
  public Spool(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      empty();
    } catch (IOException error) {
      throw new SourceException(
          "The folder "
              + folder
              + " for files on their way cannot be used ("
              + FileFailure.explain(error)
              + "): free it, or name another data.store.",
          error);
    }
  }

  /** Where a file may lie that was not there before: one that is fetched twice is two files. */
  Path newFile() {
    return folder.resolve(next.getAndIncrement() + ".dcm");
  }

  /** Lets a file go; one that stays is gone at the latest when the spool is opened again. */
  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException later) {
      // emptied at the next start
    }
  }

  private void empty() throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.list(folder)) {
      left = files.toList();
    }
    left.forEach(Spool::delete);
  }

  /** Empties it; for when nothing is read from it any more. */
  @Override
  public void close() {
    try {
      empty();
      Files.deleteIfExists(folder);
    } catch (IOException later) {
      // emptied at the next start
    }
  }
}
