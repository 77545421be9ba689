package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The room on the disk of a run's folder: less than one more checkpoint needs is told. */
public final class DiskProbe implements HealthProbe {
  /** As findings name it. */
  public static final String ACTOR = "disk";

  private static final long FULL_BYTES = 16L << 20;
  private static final long MARGIN_BYTES = 64L << 20;
  private static final long UNKNOWN_BYTES = 256L << 20; // before the first checkpoint

  private final Path folder;
  private final FreeSpace space;
  private volatile long checkpointBytes = UNKNOWN_BYTES;

  /** Tells how much room there is. */
  public interface FreeSpace {
    /** Bytes that this user can still write to the disk of a folder. */
    long bytes(Path folder) throws IOException;
  }

  /** Looks at the disk of a folder that exists. */
  public DiskProbe(Path folder) {
    this(folder, of -> Files.getFileStore(of).getUsableSpace());
  }

  /** The same with a disk of the caller's. */
  DiskProbe(Path folder, FreeSpace space) {
    this.folder = folder;
    this.space = space;
  }

  @Override
  public String actor() {
    return ACTOR;
  }

  @Override
  public Cause cause() {
    return Cause.DISK_FULL;
  }

  @Override
  public void onCheckpoint(long bytes) {
    checkpointBytes = bytes;
  }

  @Override
  public Optional<Trouble> look() {
    try {
      return judge(space.bytes(folder));
    } catch (IOException e) {
      return Optional.of(
          new Trouble(
              HealthState.FAILED,
              "The disk of " + folder + " does not answer: " + e.getMessage(),
              "Look at the disk or network that run.folder lies on."));
    }
  }

  private Optional<Trouble> judge(long freeBytes) {
    long needed = checkpointBytes + MARGIN_BYTES;
    if (freeBytes >= needed) {
      return Optional.empty();
    }
    boolean full = freeBytes < FULL_BYTES;
    String sentence =
        String.format(
            Locale.ROOT,
            "The disk of %s has %d MiB left%s.",
            folder,
            freeBytes >> 20,
            full ? "" : ", and the next checkpoint needs " + (needed >> 20) + " MiB with a margin");
    return Optional.of(
        new Trouble(
            full ? HealthState.FAILED : HealthState.DEGRADED,
            sentence,
            "Free space there, or keep fewer checkpoints (training.checkpoint-keep)."));
  }
}
