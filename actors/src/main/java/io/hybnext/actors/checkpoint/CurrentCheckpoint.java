package io.hybnext.actors.checkpoint;

import io.hybnext.file.AtomicFile;
import io.hybnext.file.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which checkpoint of a run is to be used: the file {@code current} beside the checkpoints holds
 * its folder's name, and is replaced as a whole. It decides nothing about how the run goes on.
 */
public final class CurrentCheckpoint {
  /** Name of the file. */
  public static final String FILE = "current";

  private final Disk disk;
  private final Path checkpoints;

  /**
   * Of a run.
   *
   * @param checkpoints folder of its checkpoints
   */
  public CurrentCheckpoint(Path checkpoints) {
    this(Disk.LOCAL, checkpoints);
  }

  CurrentCheckpoint(Disk disk, Path checkpoints) {
    this.disk = disk;
    this.checkpoints = checkpoints;
  }

  /** Its folder; empty when none was chosen, or it is gone. */
  public Optional<Path> folder() throws IOException {
    Path file = checkpoints.resolve(FILE);
    if (!disk.exists(file)) {
      return Optional.empty();
    }
    String name;
    try (InputStream in = disk.open(file)) {
      name = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
    return CheckpointFolder.NAME.matcher(name).matches()
        ? Optional.of(checkpoints.resolve(name)).filter(disk::exists)
        : Optional.empty();
  }

  /**
   * Chooses a published checkpoint.
   *
   * @param step number of steps in it
   * @throws IOException when there is none, or the disk fails; the one before stays current
   */
  public void use(long step) throws IOException {
    String name = CheckpointFolder.name(step);
    if (!disk.exists(checkpoints.resolve(name))) {
      throw new IOException(checkpoints.resolve(name) + " does not exist");
    }
    byte[] text = (name + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(disk, checkpoints.resolve(FILE), text);
  }
}
