package io.hybnext.tests.chaos;

import io.hybnext.gpu.CounterRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Which fault comes when: a function of the seed. Faults come in decks that hold each possible kind
 * once, shuffled, so that none is missing and none comes much more often than the others.
 *
 * @param entries in the order of time
 */
public record Schedule(List<Entry> entries) {
  private static final long STREAM = 0x6368616f73L;
  private static final long SHORTEST_MS = 300;
  private static final long LONGEST_MS = 3_000;

  /**
   * One fault.
   *
   * @param atMs from the start of the schedule
   * @param fault what happens
   * @param pick not negative: chooses among those that it may happen to
   */
  public record Entry(long atMs, Fault fault, int pick) {}

  /** What a machine lets happen. */
  public record Possible(boolean network, boolean datagrams, boolean disk, boolean coordinator) {}

  /** Copies the list. */
  public Schedule {
    entries = List.copyOf(entries);
  }

  /**
   * Draws a schedule.
   *
   * @param length faults begin before this, and early enough to be over by then
   * @param every mean time between faults
   */
  public static Schedule of(long seed, Duration length, Duration every, Possible possible) {
    List<Entry> entries = new ArrayList<>();
    List<Fault> deck = new ArrayList<>();
    for (int i = 0; i < length.toMillis() / every.toMillis(); i++) {
      long key = CounterRandom.key(seed, STREAM, i, 0);
      if (deck.isEmpty()) {
        deck = deck(key, possible);
      }
      Fault fault = deck.remove(draw(key, 0, deck.size()));
      // Half of the time between two faults is fixed: no two of them at once.
      long atMs = (long) ((i + CounterRandom.uniform(key, 1) / 2) * every.toMillis());
      entries.add(new Entry(atMs, fault, draw(key, 2, 1 << 16)));
    }
    return new Schedule(entries);
  }

  private static List<Fault> deck(long key, Possible possible) {
    List<Fault> deck = new ArrayList<>();
    deck.add(Fault.Sudden.KILL);
    deck.add(Fault.Sudden.JOIN);
    deck.add(Fault.Sudden.LEAVE);
    deck.add(new Fault.Pause(false, time(key, 3)));
    if (possible.coordinator()) {
      deck.add(Fault.Sudden.KILL_COORDINATOR);
      deck.add(new Fault.Pause(true, time(key, 4)));
    }
    if (possible.network()) {
      deck.add(new Fault.Cut(true, time(key, 5)));
      deck.add(new Fault.Cut(false, time(key, 6)));
    }
    if (possible.datagrams()) {
      deck.add(new Fault.Loss(time(key, 7)));
    }
    if (possible.disk()) {
      deck.add(new Fault.DiskFull(time(key, 8)));
    }
    return deck;
  }

  private static Duration time(long key, int index) {
    double share = CounterRandom.uniform(key, index);
    return Duration.ofMillis((long) (SHORTEST_MS + share * (LONGEST_MS - SHORTEST_MS)));
  }

  private static int draw(long key, int index, int bound) {
    return (int) Long.remainderUnsigned(CounterRandom.word(key, index), bound);
  }
}
