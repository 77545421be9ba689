package io.hybnext.actors.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Which trainers a run knows, which of them are there, and how often each was restarted. */
final class Roster {
  /** trainer-2 comes before trainer-10. */
  static final Comparator<String> BY_NUMBER =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private enum Presence {
    EXPECTED,
    JOINED,
    PAUSED,
    LEAVING, // there, and not in the next generation
    DISMISSED, // there, and told to leave
    GONE;

    boolean isThere() {
      return this != EXPECTED && this != GONE;
    }
  }

  private static final class Entry {
    final boolean managed;
    long incarnation;
    Presence presence;
    int restarts;
    long lastHeardNs;
    String host = "";
    boolean retired; // not started again

    Entry(boolean managed, long incarnation, Presence presence) {
      this.managed = managed;
      this.incarnation = incarnation;
      this.presence = presence;
    }
  }

  private final Map<String, Entry> entries = new HashMap<>();
  private long restarts;

  /** Adds a trainer that the launcher starts. */
  void expect(String trainer) {
    entries.put(trainer, new Entry(true, 1, Presence.EXPECTED));
  }

  /** Whether this process may take part: a managed one must be the one started last. */
  boolean accepts(String trainer, long incarnation) {
    Entry entry = entries.get(trainer);
    return entry == null || !entry.managed || entry.incarnation == incarnation;
  }

  /** Whether another process of this name is there. */
  boolean replaces(String trainer, long incarnation) {
    Entry entry = entries.get(trainer);
    return entry != null && entry.presence.isThere() && entry.incarnation != incarnation;
  }

  /**
   * Returns false when this process was there already.
   *
   * @param host where its media driver takes datagrams; may be empty
   */
  boolean join(String trainer, long incarnation, String host, long nowNs) {
    Entry entry =
        entries.computeIfAbsent(trainer, name -> new Entry(false, incarnation, Presence.GONE));
    boolean isNew = !entry.presence.isThere() || entry.incarnation != incarnation;
    entry.incarnation = incarnation;
    entry.host = host;
    entry.presence = isNew ? Presence.JOINED : entry.presence;
    entry.lastHeardNs = nowNs;
    return isNew;
  }

  /** Returns false when this process is not there or was paused already. */
  boolean pause(String trainer, long incarnation) {
    return change(trainer, incarnation, Presence.JOINED, Presence.PAUSED)
        || change(trainer, incarnation, Presence.LEAVING, Presence.PAUSED);
  }

  /**
   * It is not in the next generation; returns false when this process is not there and heard of.
   */
  boolean leave(String trainer, long incarnation) {
    return change(trainer, incarnation, Presence.JOINED, Presence.LEAVING);
  }

  /** It stays for now, if it was leaving. */
  void stay(String trainer) {
    change(trainer, incarnation(trainer), Presence.LEAVING, Presence.JOINED);
  }

  /** It was told to leave; returns false when this process is not there. */
  boolean dismiss(String trainer, long incarnation) {
    return isThere(trainer, incarnation)
        && change(trainer, incarnation, entries.get(trainer).presence, Presence.DISMISSED);
  }

  /** Names of those that are there and not in the next generation. */
  List<String> leaving() {
    return with(Presence.LEAVING);
  }

  /** It is not started again when its process is gone. */
  void retire(String trainer) {
    entries.get(trainer).retired = true;
  }

  /** It is started again when its process is gone. */
  void unretire(String trainer) {
    entries.get(trainer).retired = false;
  }

  /** Returns false when this process was not paused. */
  boolean resume(String trainer, long incarnation) {
    return change(trainer, incarnation, Presence.PAUSED, Presence.JOINED);
  }

  private boolean change(String trainer, long incarnation, Presence from, Presence to) {
    Entry entry = entries.get(trainer);
    if (entry == null || entry.incarnation != incarnation || entry.presence != from) {
      return false;
    }
    entry.presence = to;
    return true;
  }

  /** Whether the run has heard of a trainer of this name. */
  boolean knows(String trainer) {
    return entries.containsKey(trainer);
  }

  /** Whether this process is there, paused or not. */
  boolean isThere(String trainer, long incarnation) {
    Entry entry = entries.get(trainer);
    return entry != null && entry.incarnation == incarnation && entry.presence.isThere();
  }

  /** Whether this process is there and heard of. */
  boolean isAble(String trainer, long incarnation) {
    return isThere(trainer, incarnation) && entries.get(trainer).presence == Presence.JOINED;
  }

  /** Something was heard of a trainer. */
  void heard(String trainer, long nowNs) {
    Entry entry = entries.get(trainer);
    if (entry != null) {
      entry.lastHeardNs = nowNs;
    }
  }

  long incarnation(String trainer) {
    return entries.get(trainer).incarnation;
  }

  /** Where the media driver of its machine takes datagrams; empty in a run of one machine. */
  String host(String trainer) {
    return entries.get(trainer).host;
  }

  long silentNs(String trainer, long nowNs) {
    return nowNs - entries.get(trainer).lastHeardNs;
  }

  boolean isManaged(String trainer) {
    Entry entry = entries.get(trainer);
    return entry != null && entry.managed;
  }

  /** Returns false when this process was not there, or is gone already. */
  boolean lose(String trainer, long incarnation) {
    Entry entry = entries.get(trainer);
    if (entry == null || entry.incarnation != incarnation || entry.presence == Presence.GONE) {
      return false;
    }
    entry.presence = Presence.GONE;
    return true;
  }

  /** The incarnation to start for a lost trainer; empty when it is not ours or failed too often. */
  OptionalLong restart(String trainer, int maxRestarts) {
    Entry entry = entries.get(trainer);
    if (!entry.managed || entry.retired || entry.restarts >= maxRestarts) {
      return OptionalLong.empty();
    }
    entry.restarts++;
    restarts++;
    entry.incarnation++;
    entry.presence = Presence.EXPECTED;
    return OptionalLong.of(entry.incarnation);
  }

  /** Whether its process is no more, and no other was started. */
  boolean isGone(String trainer) {
    return entries.get(trainer).presence == Presence.GONE;
  }

  /** Whether it is not to be started again. */
  boolean isRetired(String trainer) {
    return entries.get(trainer).retired;
  }

  int restartsOf(String trainer) {
    return entries.get(trainer).restarts;
  }

  /** Restarts of all trainers over the whole run. */
  long restarts() {
    return restarts;
  }

  /** Lasting progress was made: what failed before does not count any more. */
  void forgive() {
    entries.values().forEach(entry -> entry.restarts = 0);
  }

  /** What a trainer failed before does not count any more. */
  void forgive(String trainer) {
    entries.get(trainer).restarts = 0;
  }

  /** Names of the trainers that are there and heard of, in order. */
  List<String> joined() {
    return with(Presence.JOINED);
  }

  /** Names of the trainers that are there and not heard of, in order. */
  List<String> paused() {
    return with(Presence.PAUSED);
  }

  /** Names of the trainers that were started and did not come yet. */
  List<String> expected() {
    return with(Presence.EXPECTED);
  }

  private List<String> with(Presence presence) {
    List<String> names = new ArrayList<>();
    entries.forEach(
        (name, entry) -> {
          if (entry.presence == presence) {
            names.add(name);
          }
        });
    names.sort(BY_NUMBER);
    return names;
  }
}
