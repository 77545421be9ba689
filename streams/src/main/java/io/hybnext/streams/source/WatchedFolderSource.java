package io.hybnext.streams.source;

import io.hybnext.streams.item.ImageItem;
import io.hybnext.streams.item.Outcome;
import io.hybnext.streams.source.PolledSource.Look;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of a folder, and those that come later; it never ends. An image is offered when size
 * and time of its file have stayed the same for a while: what is still being written is left alone,
 * and what was written elsewhere and renamed into the folder is taken at the first look. A file
 * that changes after that is offered again. Names that begin with a dot, as copying programs use
 * them, do not count. A folder that cannot be read for a while is looked at again later.
 */
public final class WatchedFolderSource implements ImageSource {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedFolderSource.class);
  private static final Pattern HIDDEN = Pattern.compile("(^|/)\\.");

  /** A look at a large folder may take long: most of the time the disk is left alone. */
  private static final int PAUSES_A_LOOK = 4;

  private final FolderSource folder;
  private final Settings settings;
  private final Clock clock;

  /**
   * How a folder is watched.
   *
   * @param poll between two looks, at least
   * @param settle how long a file must have stayed the same
   */
  public record Settings(Duration poll, Duration settle) {}

  /** A folder; {@code clock} is compared with the times of files. */
  public WatchedFolderSource(FolderSource folder, Settings settings, Clock clock) {
    this.folder = folder;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public Source<Outcome<ImageItem>, NotUsed> items() {
    return PolledSource.of("watch", () -> new Feed()::look);
  }

  @Override
  public String describe() {
    return "watched " + folder.describe();
  }

  /**
   * A file at a look.
   *
   * @param sizeBytes of it
   * @param modifiedMs its own time
   * @param sinceMs when it was first seen like that
   */
  private record State(long sizeBytes, long modifiedMs, long sinceMs) {
    boolean isLike(State other) {
      return other != null && sizeBytes == other.sizeBytes && modifiedMs == other.modifiedMs;
    }
  }

  /** What one run of the source knows. */
  private final class Feed {
    private final Map<String, State> offered = new HashMap<>();
    private Map<String, State> waiting = new TreeMap<>();
    private boolean away;

    private Look look() {
      long beganMs = clock.millis();
      List<Outcome<ImageItem>> settled = new ArrayList<>();
      try {
        Map<String, State> later = new TreeMap<>();
        for (String path : folder.list()) {
          State state = HIDDEN.matcher(path).find() ? null : state(path, beganMs);
          if (state != null && !state.isLike(offered.get(path))) {
            if (isSettled(state, beganMs)) {
              offered.put(path, state);
              settled.add(folder.item(path));
            } else {
              later.put(path, state);
            }
          }
        }
        waiting = later;
        away = tell(false, null);
      } catch (SourceException unreadable) {
        away = tell(true, unreadable);
      }
      long tookMs = clock.millis() - beganMs;
      long pauseMs = Math.max(settings.poll().toMillis(), PAUSES_A_LOOK * tookMs);
      return new Look(settled, Duration.ofMillis(pauseMs));
    }

    private boolean tell(boolean nowAway, SourceException why) {
      if (nowAway && !away) {
        LOG.warn("{} It is looked at again until it is back.", why.getMessage());
      } else if (!nowAway && away) {
        LOG.info("The {} can be read again.", folder.describe());
      }
      return nowAway;
    }

    /** Null for a file that went while the folder was listed. */
    private State state(String path, long nowMs) {
      try {
        Path file = folder.file(path);
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        State state = new State(now.size(), now.lastModifiedTime().toMillis(), nowMs);
        State before = waiting.get(path);
        return state.isLike(before) ? before : state;
      } catch (IOException gone) {
        return null;
      }
    }

    /** By its own time, or, where clocks differ, by ours. */
    private boolean isSettled(State state, long nowMs) {
      long settleMs = settings.settle().toMillis();
      boolean old = state.modifiedMs() <= nowMs - settleMs || state.sinceMs() <= nowMs - settleMs;
      return old && state.sizeBytes() > 0;
    }
  }
}
