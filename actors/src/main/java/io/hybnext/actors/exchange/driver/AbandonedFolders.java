package io.hybnext.actors.exchange.driver;

import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders in shared memory that media drivers left behind because they were killed together with
 * all that might have cleaned up after them. Their memory is taken until the machine starts anew,
 * unless somebody deletes them; the next driver on the machine does.
 */
public final class AbandonedFolders {
  /** Starts the name of every folder that a media driver of Hybnext gets. */
  public static final String PREFIX = "hybnext-";

  private static final Logger LOG = LoggerFactory.getLogger(AbandonedFolders.class);
  private static final long SILENCE_MS = 60_000; // a driver that runs says so every second

  private AbandonedFolders() {}

  /**
   * Abandoned folders in a folder: the process that ran a driver there is gone, and it said nothing
   * for a minute, so that one of another container with its own process numbers is left alone.
   */
  public static List<Path> in(Path parent) {
    List<Path> abandoned = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        if (Files.isRegularFile(folder.resolve(CncFileDescriptor.CNC_FILE))
            && MediaDriverHost.running(folder).isEmpty()
            && isSilent(folder)) {
          abandoned.add(folder);
        }
      }
    } catch (IOException | UncheckedIOException unreadable) {
      LOG.debug("{} cannot be searched", parent, unreadable);
    }
    return abandoned;
  }

  /** Deletes the abandoned folders in a folder. */
  static void deleteIn(Path parent) {
    for (Path folder : in(parent)) {
      LOG.info("{} was left behind by a media driver that is gone; it is deleted", folder);
      IoUtil.delete(folder.toFile(), true);
    }
  }

  private static boolean isSilent(Path folder) {
    try {
      return !CommonContext.isDriverActive(folder.toFile(), SILENCE_MS, message -> {});
    } catch (RuntimeException unreadable) { // of another version, or being made just now
      return false;
    }
  }
}
