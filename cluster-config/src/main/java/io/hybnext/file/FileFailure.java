package io.hybnext.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says in words why a file cannot be used. */
public final class FileFailure {
  private FileFailure() {}

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
