package io.hybnext.tests.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that a test works in; removed at the end unless it was asked for, or a promise was
 * broken. When this program is told to end, its processes are killed first.
 */
public final class Workplace implements AutoCloseable {
  private final Path folder;
  private boolean keep;

  private Workplace(Path folder, boolean keep) {
    this.folder = folder;
    this.keep = keep;
  }

  /**
   * Makes the folder.
   *
   * @param wanted null for a temporary one
   */
  public static Workplace open(String name, Path wanted) throws IOException {
    Path folder =
        wanted == null
            ? Files.createTempDirectory("hybnext-" + name + "-")
            : Files.createDirectories(wanted.toAbsolutePath());
    Workplace workplace = new Workplace(folder, wanted != null);
    Runtime.getRuntime().addShutdownHook(new Thread(workplace::onEnd, "workplace-end"));
    return workplace;
  }

  private void onEnd() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    if (!keep) {
      try {
        unmount();
        delete();
      } catch (IOException left) {
        System.err.println(folder + " is left behind: " + left.getMessage());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** A folder in it, made when absent. */
  public Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /** Keeps the folder for who looks into it. */
  public void keepIf(boolean wanted) {
    if (wanted) {
      keep = true;
      System.err.println("see " + folder);
    }
  }

  /** Nothing yet: processes may still write there; the folder goes with the program. */
  @Override
  public void close() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** Takes away the disks that were put into it: folders in use cannot be deleted. */
  private void unmount() throws IOException, InterruptedException {
    for (String mount : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      String point = mount.split(" ", 3)[1];
      if (Path.of(point).startsWith(folder)) {
        new ProcessBuilder("umount", "-l", point).start().waitFor();
      }
    }
  }

  private void delete() throws IOException {
    if (Files.isDirectory(folder)) {
      List<Path> all;
      try (Stream<Path> walk = Files.walk(folder)) {
        all = walk.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : all) {
        Files.deleteIfExists(path);
      }
    }
  }
}
