package io.hybnext.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says in words why a file cannot be used. */
public final class FileFailure {
  private FileFailure() {}

  /**
   * A failure to write what gets its name when it is complete, under that name. A bare {@link
   * IOException}, such as that of a full disk, has none and gets it; others stay as they are.
   *
   * @param unfinished the temporary name of a file or a folder
   * @param target the name that people know
   */
  static IOException renamed(IOException failure, Path unfinished, Path target) {
    String name = target.toString();
    String reason = failure.getMessage();
    if (failure instanceof FileSystemException system) {
      if (system.getFile() == null || !Path.of(system.getFile()).startsWith(unfinished)) {
        return failure;
      }
      Path inner = unfinished.relativize(Path.of(system.getFile()));
      name = inner.toString().isEmpty() ? name : target.resolve(inner).toString();
      reason = system.getReason();
    } else if (failure.getClass() != IOException.class) {
      return failure;
    }
    FileSystemException renamed;
    if (failure instanceof AccessDeniedException) {
      renamed = new AccessDeniedException(name, null, reason);
    } else if (failure instanceof NoSuchFileException) {
      renamed = new NoSuchFileException(name, null, reason);
    } else {
      String said = reason == null ? failure.getClass().getSimpleName() : reason;
      renamed = new FileSystemException(name, null, said);
    }
    renamed.initCause(failure);
    return renamed;
  }

  /**
   * What went wrong, as the end of a sentence. The bare message of a file system's exception is
   * often only the file's name.
   */
  public static String explain(IOException error) {
    if (error instanceof NoSuchFileException missing) {
      return "there is no " + missing.getFile();
    }
    if (error instanceof AccessDeniedException denied) {
      return denied.getFile() + " may not be read or written by this user";
    }
    if (error instanceof FileSystemException file && file.getReason() != null) {
      return file.getFile() + ": " + file.getReason();
    }
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
