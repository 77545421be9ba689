package io.hybnext.actors.checkpoint;

import java.util.List;

/**
 * What {@code manifest.json} of a checkpoint folder holds. A folder without a readable one is no
 * checkpoint.
 *
 * @param format number of this layout, 1
 * @param run identifier of the run
 * @param step number of steps done
 * @param worldSize number of trainers that wrote it; any number can read it
 * @param microshards microshards of a global batch
 * @param settingsFingerprint see {@link io.hybnext.actors.run.RunIdentity}
 * @param dataFingerprint see {@link io.hybnext.actors.run.RunIdentity}
 * @param codeVersion commit or release that wrote it
 * @param createdAt time of publication, ISO 8601
 * @param files every other file of the folder
 */
public record CheckpointManifest(
    int format,
    String run,
    long step,
    int worldSize,
    int microshards,
    String settingsFingerprint,
    String dataFingerprint,
    String codeVersion,
    String createdAt,
    List<CheckpointFile> files) {
  /** The layout that this code writes. */
  public static final int FORMAT = 1;

  /** Copies the list. */
  public CheckpointManifest {
    files = List.copyOf(files);
  }

  /** Bytes of all files. */
  public long sizeBytes() {
    return files.stream().mapToLong(CheckpointFile::sizeBytes).sum();
  }
}
