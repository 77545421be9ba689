package io.hybnext.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

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
    Path unfinished = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      content.writeTo(unfinished);
      force(unfinished);
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw FileFailure.renamed(e, unfinished, file);
    } catch (RuntimeException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
    force(folder); // the new name itself
    return file;
  }

  /** The same with content at hand. */
  public static Path write(Path file, byte[] content) throws IOException {
    return write(file, unfinished -> Files.write(unfinished, content));
  }

  /** Flushes a file, or the names in a folder, to the disk. */
  public static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
