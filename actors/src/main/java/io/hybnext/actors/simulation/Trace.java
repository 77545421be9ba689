package io.hybnext.actors.simulation;

import java.util.ArrayDeque;
import java.util.Locale;
import java.util.function.Consumer;

/** What happened in a simulation, a line each. */
public final class Trace {
  private final Consumer<String> lines;

  /**
   * Passes every line on.
   *
   * @param lines takes them as they come
   */
  public Trace(Consumer<String> lines) {
    this.lines = lines;
  }

  /** Keeps the last lines only. */
  static Trace ofLast(int count, ArrayDeque<String> to) {
    return new Trace(
        line -> {
          if (to.size() == count) {
            to.removeFirst();
          }
          to.addLast(line);
        });
  }

  void add(long timeNs, String who, String what) {
    lines.accept(String.format(Locale.ROOT, "%14.6f %-11s %s", timeNs / 1e9, who, what));
  }
}
