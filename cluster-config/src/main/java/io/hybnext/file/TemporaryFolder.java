package io.hybnext.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A new folder among the system's temporary files, deleted with everything in it when closed.
 *
 * @param path of the folder
 */
public record TemporaryFolder(Path path) implements AutoCloseable {

  /**
   * Makes a folder.
   *
   * @param prefix its name begins with
   */
  public static TemporaryFolder create(String prefix) throws IOException {
    return new TemporaryFolder(Files.createTempDirectory(prefix));
  }

  @Override
  public void close() throws IOException {
    FileTree.delete(path);
  }
}
