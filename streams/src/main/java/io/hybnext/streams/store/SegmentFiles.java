package io.hybnext.streams.store;

import io.hybnext.file.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The segment files of a store's folder. A file gets its name when all of it is on disk; it counts
 * when the ledger lists it.
 */
final class SegmentFiles {
  private static final String TEMPORARY = ".tmp";
  private static final String SEGMENT = ".arrow";

  private final Path folder;
  private final Disk disk;

  SegmentFiles(Path folder, Disk disk) {
    this.folder = folder;
    this.disk = disk;
  }

  /** Removes what a crash left behind before it was listed. */
  void removeUnlisted(List<SegmentRecord> segments) {
    Set<String> listed = new HashSet<>();
    segments.forEach(segment -> listed.add(segment.file()));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        boolean ours = name.endsWith(SEGMENT) || name.endsWith(SEGMENT + TEMPORARY);
        if (ours && !listed.contains(name)) {
          disk.delete(file);
        }
      }
    } catch (IOException error) {
      throw new StoreException(
          "Left-overs of a crash in " + folder + " cannot be removed (" + error + ").", error);
    }
  }

  /**
   * Writes a segment.
   *
   * @return the name of its file
   * @throws StoreException when the disk does not take it; nothing of it is there then
   */
  String publish(int number, String sha256, byte[] bytes) {
    String name =
        String.format(Locale.ROOT, "segment-%06d-%s%s", number, sha256.substring(0, 8), SEGMENT);
    Path file = folder.resolve(name);
    Path temporary = folder.resolve(name + TEMPORARY);
    try {
      disk.write(temporary, bytes);
      disk.force(temporary);
      disk.move(temporary, file);
      disk.force(folder);
      return name;
    } catch (IOException error) {
      remove(temporary);
      remove(file);
      throw cannotWrite(file, bytes.length, error);
    }
  }

  private void remove(Path file) {
    try {
      disk.delete(file);
    } catch (IOException left) {
      // not listed, so it does not exist; the next writer removes it
    }
  }

  /** The sentence for a file that cannot be written. */
  static StoreException cannotWrite(Path file, long bytes, IOException error) {
    String text = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
    boolean full = text.contains("no space left") || text.contains("quota exceeded");
    String problem =
        full
            ? "No space left for " + file + " (" + bytes + " bytes): free some space"
            : "Cannot write " + file + " (" + error + "): repair that";
    return new StoreException(
        problem + " and run the same command again; everything listed before is kept.", error);
  }
}
