package io.hybnext.streams.source;

import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder that a manifest's image paths are relative to. No path, and no link on its way, may
 * lead out of it: a manifest from elsewhere must not read this machine's files.
 */
final class ImageFolder {
  private final Path folder;
  private Path realFolder; // looked up when the first link is met

  ImageFolder(Path folder) {
    this.folder = folder.normalize();
  }

  /**
   * The file of a path, which need not exist.
   *
   * @throws java.nio.file.InvalidPathException when the text is no path
   * @throws QuarantineException when it leads out of the folder, or is a link that leads nowhere
   */
  Path resolve(String path) {
    Path file = folder.resolve(path).normalize();
    if (Path.of(path).isAbsolute() || !file.startsWith(folder) || file.equals(folder)) {
      throw escapes(path);
    }
    if (hasLink(file)) {
      checkReal(file, path);
    }
    return file;
  }

  private boolean hasLink(Path file) {
    for (Path part = file; !part.equals(folder); part = part.getParent()) {
      if (Files.isSymbolicLink(part)) {
        return true;
      }
    }
    return false;
  }

  private void checkReal(Path file, String path) {
    try {
      if (realFolder == null) {
        realFolder = folder.toRealPath();
      }
      if (!file.toRealPath().startsWith(realFolder)) {
        throw escapes(path);
      }
    } catch (IOException missing) {
      throw new QuarantineException(
          QuarantineRule.MISSING_FILE, "\"image\" = \"" + path + "\" is a link that leads nowhere");
    }
  }

  private static QuarantineException escapes(String path) {
    return new QuarantineException(
        QuarantineRule.PATH_ESCAPES,
        "\"image\" = \""
            + path
            + "\" leads out of the manifest's folder: want a relative path inside it");
  }
}
