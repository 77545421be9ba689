package io.hybnext.actors.simulation;

import io.hybnext.streams.batch.Wave;
import java.util.List;

/**
 * How new items entered a simulated run. Whoever looks finds what was noted, in the same order, for
 * ever; a wave that was written and not noted yet may go with the power, as long as nobody has
 * begun its first step.
 */
final class EnteredWaves {
  private List<Wave> known = List.of();
  private int lasting; // of them

  /** All of them, as the last one to look found them. */
  List<Wave> known() {
    return known;
  }

  /** A wave is noted: from now on it must last. */
  void onNoted(Wave wave) {
    int index = known.indexOf(wave);
    if (index != known.size() - 1) {
      throw new Violation(wave + " is noted, and the run's waves are " + known);
    }
    lasting = known.size();
  }

  /**
   * Somebody looks.
   *
   * @return the first step that may draw other items than was known; the largest number for none
   */
  long onLook(String who, List<Wave> found) {
    int same = 0;
    while (same < Math.min(known.size(), found.size()) && known.get(same).equals(found.get(same))) {
      same++;
    }
    if (same < lasting) {
      throw new Violation(who + " finds " + found + ", and was to find first " + known);
    }
    long step = Long.MAX_VALUE;
    for (List<Wave> list : List.of(known, found)) {
      step = same < list.size() ? Math.min(step, list.get(same).step()) : step;
    }
    known = List.copyOf(found);
    return step;
  }

  /** Somebody begins a step and draws what is known by now. */
  void onBegin(String who, long step, List<Wave> drawn) {
    int due = 0;
    while (due < known.size() && known.get(due).step() <= step) {
      due++;
    }
    lasting = Math.max(lasting, due);
    boolean all = drawn.size() >= due && drawn.subList(0, due).equals(known.subList(0, due));
    if (!all) {
      throw new Violation(who + " begins step " + step + " with " + drawn + ", not " + known);
    }
  }
}
