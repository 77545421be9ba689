package io.hybnext.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Replaces files as a whole: whoever reads one, now or after a loss of power, sees the old content
 * or the new one.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Puts the new content into a file that nobody else knows. */
  @FunctionalInterface
  public interface Content {
    /** Writes {@code unfinished}, which does not exist yet. */
    void writeTo(Path unfinished) throws IOException;
  }

  /**
   * Replaces or makes a file in a folder that exists.
   *
   * @return the file
   * @throws IOException when the content or the disk fails; the file is then as before. A failure
   *     of the disk names it
   */
  public static Path write(Path file, Content content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw Files.exists(folder)
          ? new NotDirectoryException(folder.toString())
          : new NoSuchFileException(folder.toString());
    }
    return write(Disk.LOCAL, file, content);
  }

  /** The same with content at hand. */
  public static Path write(Path file, byte[] content) throws IOException {
    return write(file, unfinished -> Files.write(unfinished, content));
  }

  /** The same on any disk. */
  public static Path write(Disk disk, Path file, byte[] content) throws IOException {
    return write(disk, file, unfinished -> disk.write(unfinished, content));
  }

  private static Path write(Disk disk, Path file, Content content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path unfinished = folder.resolve("." + file.getFileName() + "." + disk.uniqueName() + ".tmp");
    try {
      content.writeTo(unfinished);
      disk.force(unfinished);
      disk.move(unfinished, file);
    } catch (IOException e) {
      disk.delete(unfinished);
      throw FileFailure.renamed(e, unfinished, file);
    } catch (RuntimeException e) {
      disk.delete(unfinished);
      throw e;
    }
    disk.force(folder); // the new name itself
    return file;
  }

  /** Flushes a file, or the names in a folder, to the disk. */
  public static void force(Path path) throws IOException {
    Disk.LOCAL.force(path);
  }
}
