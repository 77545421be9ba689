package io.hybnext.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A folder and everything in it. */
public final class FileTree {
  private FileTree() {}

  /** Deletes a folder and what is in it; parts or all of it may vanish meanwhile. */
  public static void delete(Path folder) throws IOException {
    delete(Disk.LOCAL, folder);
  }

  /** The same on any disk. */
  public static void delete(Disk disk, Path folder) throws IOException {
    if (disk.isFolder(folder)) {
      List<Path> children;
      try {
        children = disk.list(folder);
      } catch (NoSuchFileException vanished) {
        return;
      }
      for (Path child : children) {
        delete(disk, child);
      }
    }
    disk.delete(folder);
  }
}
