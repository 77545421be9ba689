package io.hybnext.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Makes folders as a whole: whoever looks sees the folder with everything in it, or none. */
public final class AtomicFolder {
  private AtomicFolder() {}

  /** Puts files into a folder that nobody else knows. */
  @FunctionalInterface
  public interface Content {
    /** Writes files, none of them in a folder below; {@code unfinished} exists and is empty. */
    void writeTo(Path unfinished) throws IOException;
  }

  /**
   * Makes a folder; folders above it are made when missing.
   *
   * @param folder does not exist, or is empty
   * @return the folder
   * @throws FileAlreadyExistsException when there is something there already
   * @throws IOException when the content or the disk fails; nothing is left behind
   */
  public static Path write(Path folder, Content content) throws IOException {
    Path target = folder.toAbsolutePath().normalize();
    refuseUsed(folder, target);
    Files.createDirectories(target.getParent());
    Path unfinished =
        target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    Files.createDirectory(unfinished);
    try {
      content.writeTo(unfinished);
      try (DirectoryStream<Path> files = Files.newDirectoryStream(unfinished)) {
        for (Path file : files) {
          AtomicFile.force(file);
        }
      }
      AtomicFile.force(unfinished);
      Files.deleteIfExists(target); // empty
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      FileTree.delete(unfinished);
      throw e instanceof FileSystemException ? FileFailure.renamed(e, unfinished, target) : e;
    } catch (RuntimeException e) {
      FileTree.delete(unfinished);
      throw e;
    }
    AtomicFile.force(target.getParent()); // the new name itself
    return folder;
  }

  private static void refuseUsed(Path folder, Path target) throws IOException {
    if (!Files.exists(target)) {
      return;
    }
    boolean used = !Files.isDirectory(target);
    if (!used) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(target)) {
        used = files.iterator().hasNext();
      }
    }
    if (used) {
      throw new FileAlreadyExistsException(folder.toString());
    }
  }
}
