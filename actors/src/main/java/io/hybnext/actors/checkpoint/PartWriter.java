package io.hybnext.actors.checkpoint;

import io.hybnext.actors.step.TrainStep.CheckpointPart;
import io.hybnext.file.Disk;
import io.hybnext.file.FileFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes one member's part of a checkpoint and describes its files. */
public final class PartWriter {
  private PartWriter() {}

  /**
   * Writes and closes the part.
   *
   * @param folder where the parts of this checkpoint go; made when missing
   * @return its files
   * @throws CheckpointException with a sentence when the disk does not take it
   */
  public static List<CheckpointFile> write(CheckpointPart part, Path folder)
      throws CheckpointException {
    return write(Disk.LOCAL, part, folder);
  }

  /**
   * The same on any disk.
   *
   * @param part writes to that disk too
   */
  public static List<CheckpointFile> write(Disk disk, CheckpointPart part, Path folder)
      throws CheckpointException {
    long bytes = part.sizeBytes(); // a closed part does not know it any more
    try (part) {
      disk.createFolders(folder);
      List<CheckpointFile> files = new ArrayList<>();
      for (String name : part.write(folder)) {
        files.add(CheckpointFile.describe(disk, folder, name));
      }
      return files;
    } catch (IOException e) {
      throw new CheckpointException(
          String.format("cannot write %d bytes to %s: %s", bytes, folder, FileFailure.explain(e)));
    }
  }
}
