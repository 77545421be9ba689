package io.hybnext.actors.lifeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keeps who is heard of, from connections that begin, beat and end. No socket, thread or clock:
 * whoever drives it calls it from one thread and passes on the time.
 *
 * <p>A process whose beats stop is {@link Pulse#SILENT}; it is {@link Pulse#HEARD} again after a
 * few regular beats. A connection that ends makes it {@link Pulse#CUT} at once, and {@link
 * Pulse#DEAD} when it does not come back soon.
 */
public final class PulseBoard {
  private static final int BEATS_TO_RETURN = 6;
  private static final long WITNESS_NS = 1_000_000_000L; // for so long a witness is believed

  /** What can be heard of a process. */
  public enum Pulse {
    /** Its beats stopped: it is stopped, cut off, or very busy. */
    SILENT,
    /** Its beats are regular again. */
    HEARD,
    /** Its connection ended: it is dead, or the network between is. */
    CUT,
    /** It did not connect again. */
    DEAD
  }

  /**
   * A change.
   *
   * @param process its name
   * @param incarnation which process of that name
   * @param pulse what is heard of it now
   * @param afterMs how long nothing was heard before
   */
  public record Change(String process, long incarnation, Pulse pulse, long afterMs) {}

  /** Looks at a process by other means than its beats; asked only while it is silent. */
  @FunctionalInterface
  public interface Look {
    /** What is seen of it now. */
    Sight at(String process, long incarnation);
  }

  private static final class Heart {
    final Silence silence;
    Object connection;
    Pulse pulse = Pulse.HEARD;
    int beats;
    long cutNs;
    long waitedForNs = Long.MIN_VALUE;

    Heart(Silence silence) {
      this.silence = silence;
    }
  }

  private record Key(String process, long incarnation) {}

  private final long leastNs;
  private final long returnNs;
  private final Look look;
  private final Jitter jitter = new Jitter();
  private final Map<Key, Heart> hearts = new LinkedHashMap<>();
  private final List<Change> changes = new ArrayList<>();

  /**
   * Creates the board.
   *
   * @param leastNs least silence that counts, nanoseconds
   * @param returnNs time in which a process whose connection ended may connect again
   * @param look asked about processes that are silent
   */
  public PulseBoard(long leastNs, long returnNs, Look look) {
    this.leastNs = leastNs;
    this.returnNs = returnNs;
    this.look = look;
  }

  /** A process connected, perhaps again. */
  public void connected(String process, long incarnation, Object connection, long nowNs) {
    Heart heart =
        hearts.computeIfAbsent(
            new Key(process, incarnation), key -> new Heart(new Silence(leastNs, nowNs)));
    heart.connection = connection;
    heart.beats = 0;
    heart.silence.beat(nowNs);
  }

  /** A process said that it lives. */
  public void beat(String process, long incarnation, long nowNs) {
    Key key = new Key(process, incarnation);
    Heart heart = hearts.get(key);
    if (heart == null || heart.pulse == Pulse.DEAD) {
      return;
    }
    long gapNs = heart.silence.silentNs(nowNs);
    heart.beats = gapNs > leastNs ? 0 : heart.beats + 1;
    heart.silence.beat(nowNs);
    if (heart.pulse != Pulse.HEARD && heart.beats >= BEATS_TO_RETURN) {
      set(key, heart, Pulse.HEARD, gapNs);
    }
  }

  /** Others make no headway because they wait for a process. */
  public void waitedFor(String process, long incarnation, long nowNs) {
    Heart heart = hearts.get(new Key(process, incarnation));
    if (heart != null) {
      heart.waitedForNs = nowNs;
    }
  }

  /** A connection ended; nothing happens when another one of the process took its place. */
  public void ended(String process, long incarnation, Object connection, long nowNs) {
    Key key = new Key(process, incarnation);
    Heart heart = hearts.get(key);
    if (heart != null && heart.connection == connection && heart.pulse != Pulse.DEAD) {
      heart.connection = null;
      heart.cutNs = nowNs;
      set(key, heart, Pulse.CUT, heart.silence.silentNs(nowNs));
    }
  }

  /**
   * Time passed; to be called often.
   *
   * @param lateNs how much later than it should
   */
  public void tick(long nowNs, long lateNs) {
    jitter.add(lateNs, nowNs);
    hearts.forEach(
        (key, heart) -> {
          if (lateNs > 0) {
            heart.silence.excuse(lateNs, nowNs);
          }
          long silentNs = heart.silence.silentNs(nowNs);
          if (heart.pulse == Pulse.HEARD && isTooLong(key, heart, silentNs, nowNs)) {
            heart.beats = 0;
            set(key, heart, Pulse.SILENT, silentNs);
          } else if (heart.pulse == Pulse.CUT
              && heart.connection == null
              && nowNs - heart.cutNs > returnNs) {
            set(key, heart, Pulse.DEAD, silentNs);
          }
        });
    hearts.values().removeIf(heart -> heart.pulse == Pulse.DEAD);
  }

  private boolean isTooLong(Key key, Heart heart, long silentNs, long nowNs) {
    if (silentNs <= leastNs) {
      return false; // whatever is seen of it
    }
    Sight sight = look.at(key.process(), key.incarnation());
    boolean waitedFor = heart.waitedForNs > nowNs - WITNESS_NS;
    if (sight == Sight.UNKNOWN && waitedFor) {
      sight = Sight.WAITED_FOR;
    }
    return silentNs > heart.silence.limitNs(sight, jitter.worstNs(nowNs));
  }

  private void set(Key key, Heart heart, Pulse pulse, long silentNs) {
    heart.pulse = pulse;
    changes.add(new Change(key.process(), key.incarnation(), pulse, silentNs / 1_000_000));
  }

  /** What changed since the last call, in order. */
  public List<Change> takeChanges() {
    List<Change> taken = List.copyOf(changes);
    changes.clear();
    return taken;
  }
}
