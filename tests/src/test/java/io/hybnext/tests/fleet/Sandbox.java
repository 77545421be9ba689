package io.hybnext.tests.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What this program may do to its surroundings. The launcher script starts it in namespaces of its
 * own where the machine lets it: network, mounts and processes then vanish with it, however it
 * ends.
 */
public final class Sandbox {
  private static final String PRIVATE = "hybnext.sandbox";

  private final Optional<PrivateNetwork> network;
  private final boolean mounts;

  private Sandbox(Optional<PrivateNetwork> network, boolean mounts) {
    this.network = network;
    this.mounts = mounts;
  }

  /** Takes what there is. */
  public static Sandbox open(Diary diary) throws InterruptedException {
    if (!Boolean.getBoolean(PRIVATE)) {
      diary.show("no namespaces of its own: the network and the disk stay sound");
      return new Sandbox(Optional.empty(), false);
    }
    try {
      return new Sandbox(Optional.of(PrivateNetwork.prepare()), true);
    } catch (IOException refused) {
      diary.show("the network stays sound: " + refused.getMessage());
      return new Sandbox(Optional.empty(), true);
    }
  }

  /** The network, when it is this program's own. */
  public Optional<PrivateNetwork> network() {
    return network;
  }

  /**
   * Puts a small disk in memory at an empty folder.
   *
   * @return false when that is not possible
   */
  public boolean mountDisk(Path folder, int mib) throws IOException, InterruptedException {
    if (!mounts) {
      return false;
    }
    Process mount =
        new ProcessBuilder(
                "mount", "-t", "tmpfs", "-o", "size=" + mib + "m", "none", folder.toString())
            .redirectErrorStream(true)
            .start();
    mount.getInputStream().readAllBytes();
    return mount.waitFor() == 0;
  }

  /** Fills the disk of a folder to the last byte, until the returned file is deleted. */
  public static Path fill(Path folder) throws IOException {
    return fill(folder, 0);
  }

  /** The same, but for so many MiB. */
  public static Path fill(Path folder, int leaveMib) throws IOException {
    Path ballast = folder.resolve("ballast");
    byte[] block = new byte[1 << 16];
    int length = block.length;
    FileStore disk = Files.getFileStore(folder);
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (length > 0 && disk.getUsableSpace() > (long) leaveMib << 20) {
        length = writeBlock(out, block, length);
      }
    }
    return ballast;
  }

  /** Returns the length to go on with: smaller blocks when there is no room for larger ones. */
  private static int writeBlock(OutputStream out, byte[] block, int length) {
    try {
      out.write(block, 0, length);
      return length;
    } catch (IOException full) {
      return length / 2;
    }
  }
}
