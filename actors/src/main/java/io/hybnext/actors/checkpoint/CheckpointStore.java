package io.hybnext.actors.checkpoint;

import io.hybnext.file.Disk;
import io.hybnext.file.FileFailure;
import io.hybnext.file.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: folders {@code step-00001200} below one root, each with a {@code
 * manifest.json} that lists every file with its SHA-256. A folder gets this name by a rename when
 * everything in it is on disk; whatever has another name is a leftover. One thread at a time.
 */
public final class CheckpointStore {
  private static final Pattern LEFTOVER = Pattern.compile("\\.(partial|old)-.*");

  private static final Logger LOG = LoggerFactory.getLogger(CheckpointStore.class);

  private final Disk disk;
  private final Path root;
  private final RunIdentity identity;
  private final int keep;
  private final Clock clock;

  /**
   * Creates the store; its folder is made when it is first needed.
   *
   * @param root the folder of all checkpoints of the run
   * @param identity what a checkpoint must match to be used
   * @param keep number of checkpoints kept, at least 1
   * @param clock tells the time of publication
   */
  public CheckpointStore(Path root, RunIdentity identity, int keep, Clock clock) {
    this(Disk.LOCAL, root, identity, keep, clock);
  }

  /**
   * Creates the store on any disk.
   *
   * @param disk holds everything below {@code root}
   */
  public CheckpointStore(Disk disk, Path root, RunIdentity identity, int keep, Clock clock) {
    this.disk = disk;
    this.root = root.toAbsolutePath().normalize();
    this.identity = identity;
    this.keep = keep;
    this.clock = clock;
  }

  /**
   * The newest checkpoint whose files are all there and whole.
   *
   * @param step number of steps in it; 0 without one
   * @param folder its absolute path; empty without one
   * @param skipped a sentence for each damaged one that is newer
   */
  public record Newest(long step, String folder, List<String> skipped) {}

  /**
   * Looks up the newest good checkpoint and removes what unfinished ones left behind.
   *
   * @throws CheckpointException when it belongs to other settings or data, or is laid out as
   *     another release does, or the folder cannot be read
   */
  public Newest newest() throws CheckpointException {
    List<String> skipped = new ArrayList<>();
    try {
      removeLeftovers();
      for (Path folder : published()) {
        CheckpointManifest manifest;
        try {
          manifest = CheckpointFolder.verify(disk, folder);
        } catch (CheckpointException damage) {
          if (damage.isOfAnotherRelease()) {
            throw damage;
          }
          skipped.add(damage.getMessage());
          continue;
        }
        checkIdentity(folder, manifest);
        flushNames();
        return new Newest(manifest.step(), folder.toString(), skipped);
      }
    } catch (IOException e) {
      throw new CheckpointException(
          "checkpoints in " + root + " cannot be read: " + FileFailure.explain(e));
    }
    return new Newest(0, "", skipped);
  }

  /** Whoever gave the newest checkpoint its name may have ended before this. */
  private void flushNames() {
    try {
      disk.force(root);
    } catch (IOException e) {
      LOG.info("Names in {} are flushed later: {}", root, FileFailure.explain(e));
    }
  }

  private void checkIdentity(Path folder, CheckpointManifest manifest) throws CheckpointException {
    check(folder, "settings", manifest.settingsFingerprint(), identity.settingsFingerprint());
    check(folder, "data", manifest.dataFingerprint(), identity.dataFingerprint());
  }

  private static void check(Path folder, String what, String found, String wanted)
      throws CheckpointException {
    if (!wanted.equals(found)) {
      throw new CheckpointException(
          String.format(
              "checkpoint %s was made with other %s (fingerprint %s, now %s): go on with the %s of"
                  + " then, or give the run a new folder",
              folder, what, found, wanted, what));
    }
  }

  /**
   * Makes a checkpoint of the parts that all members wrote: checks them, adds the manifest, flushes
   * it all, and gives the folder its name. Older ones beyond the number to keep are removed, but
   * for the current one.
   *
   * @param partial the folder with all parts
   * @param step number of steps done
   * @param microshards microshards of a global batch
   * @param parts files by trainer
   * @return bytes of all files
   * @throws CheckpointException with a sentence; then the ones before are untouched
   */
  public long publish(
      Path partial, long step, int microshards, Map<String, List<CheckpointFile>> parts)
      throws CheckpointException {
    CheckpointManifest manifest =
        new CheckpointManifest(
            CheckpointManifest.FORMAT,
            identity.run(),
            step,
            parts.size(),
            microshards,
            identity.settingsFingerprint(),
            identity.dataFingerprint(),
            identity.codeVersion(),
            clock.instant().toString(),
            merge(partial, parts));
    Path folder = root.resolve(CheckpointFolder.name(step));
    try {
      for (CheckpointFile file : manifest.files()) {
        if (disk.sizeBytes(partial.resolve(file.name())) != file.sizeBytes()) {
          throw new CheckpointException(partial.resolve(file.name()) + " changed its length");
        }
      }
      if (isGood(folder)) {
        // An attempt before put it there and failed after that; the same step has the same bytes.
        disk.force(root);
        drop(partial);
        return manifest.sizeBytes();
      }
      CheckpointFolder.write(disk, manifest, partial);
      if (disk.exists(folder)) {
        // Left from before a damaged checkpoint was skipped and its step reached again.
        setAside(folder);
      }
      disk.move(partial, folder);
      disk.force(root);
    } catch (IOException e) {
      throw new CheckpointException(
          "checkpoint " + folder + " cannot be published: " + FileFailure.explain(e));
    }
    tidy();
    return manifest.sizeBytes();
  }

  private boolean isGood(Path folder) {
    try {
      return disk.exists(folder) && isOfThisRun(CheckpointFolder.verify(disk, folder));
    } catch (CheckpointException damaged) {
      return false;
    }
  }

  private boolean isOfThisRun(CheckpointManifest manifest) {
    return identity.settingsFingerprint().equals(manifest.settingsFingerprint())
        && identity.dataFingerprint().equals(manifest.dataFingerprint());
  }

  /** What is published is safe, whether or not the old ones go. */
  private void tidy() {
    try {
      removeLeftovers();
      removeOld();
    } catch (IOException e) {
      LOG.info("Old checkpoints in {} are removed later: {}", root, FileFailure.explain(e));
    }
  }

  private static List<CheckpointFile> merge(Path partial, Map<String, List<CheckpointFile>> parts)
      throws CheckpointException {
    Set<String> names = new HashSet<>();
    List<CheckpointFile> files = new ArrayList<>();
    for (Map.Entry<String, List<CheckpointFile>> part : new TreeMap<>(parts).entrySet()) {
      for (CheckpointFile file : part.getValue()) {
        if (!CheckpointFolder.isFileName(file.name()) || !names.add(file.name())) {
          throw new CheckpointException(
              part.getKey() + " wrote " + file.name() + " in " + partial + ", which is taken");
        }
        files.add(file);
      }
    }
    return files;
  }

  /** Published folders, newest first. */
  private List<Path> published() throws IOException {
    List<Path> folders = new ArrayList<>(children(CheckpointFolder.NAME));
    folders.sort((a, b) -> Long.compare(CheckpointFolder.step(b), CheckpointFolder.step(a)));
    return folders;
  }

  private List<Path> children(Pattern pattern) throws IOException {
    if (!disk.exists(root)) {
      return List.of();
    }
    return disk.list(root).stream()
        .filter(child -> pattern.matcher(child.getFileName().toString()).matches())
        .toList();
  }

  private void removeOld() throws IOException {
    List<Path> folders = published();
    Optional<Path> current = new CurrentCheckpoint(disk, root).folder();
    for (int oldest = folders.size() - 1; oldest >= keep; oldest--) {
      if (!current.equals(Optional.of(folders.get(oldest)))) { // somebody uses that one
        FileTree.delete(disk, setAside(folders.get(oldest)));
      }
    }
  }

  /** A folder that is being deleted must not look like a checkpoint. */
  private Path setAside(Path folder) throws IOException {
    Path old = root.resolve(".old-" + folder.getFileName() + "-" + clock.millis());
    disk.move(folder, old);
    return old;
  }

  private void removeLeftovers() throws IOException {
    children(LEFTOVER).forEach(this::drop);
  }

  /**
   * Removes a folder that did not become a checkpoint. A member may still be writing into it: then
   * what stays is removed the next time that checkpoints are looked up or published.
   */
  public void drop(Path partial) {
    try {
      FileTree.delete(disk, partial);
    } catch (IOException e) {
      LOG.info("{} is removed later: {}", partial, FileFailure.explain(e));
    }
  }
}
