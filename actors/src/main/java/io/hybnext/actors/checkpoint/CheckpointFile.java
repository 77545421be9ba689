package io.hybnext.actors.checkpoint;

import io.hybnext.file.Disk;
import io.hybnext.file.Sha256;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A file of a checkpoint.
 *
 * @param name its name in the folder
 * @param sizeBytes its length
 * @param sha256 hash of its bytes, lower-case hexadecimal
 */
public record CheckpointFile(String name, long sizeBytes, String sha256) {

  /** Reads a file's length and hash. */
  static CheckpointFile describe(Disk disk, Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    return new CheckpointFile(name, disk.sizeBytes(file), new Sha256().add(disk, file).hex());
  }
}
