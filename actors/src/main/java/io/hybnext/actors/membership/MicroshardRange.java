package io.hybnext.actors.membership;

import java.util.ArrayList;
import java.util.List;

/**
 * The microshards of a global batch that one trainer computes.
 *
 * @param first number of the first one
 * @param end number after the last one, greater than {@code first}
 */
public record MicroshardRange(int first, int end) {

  /** Checks the bounds. */
  public MicroshardRange {
    if (first < 0 || end <= first) {
      throw new IllegalArgumentException(
          "microshards " + first + " to " + end + ": want 0 <= first < end");
    }
  }

  /** Number of microshards. */
  public int size() {
    return end - first;
  }

  /**
   * Cuts all microshards into contiguous ranges whose sizes differ by at most one; with {@code
   * microshards} a multiple of {@code members}, and both powers of two, each range is a whole
   * subtree of the reduction.
   *
   * @throws IllegalArgumentException when there are more members than microshards
   */
  public static List<MicroshardRange> split(int microshards, int members) {
    if (members < 1 || members > microshards) {
      throw new IllegalArgumentException(
          "trainers = " + members + ": want 1 to training.microshards (" + microshards + ")");
    }
    List<MicroshardRange> ranges = new ArrayList<>(members);
    for (int rank = 0; rank < members; rank++) {
      ranges.add(
          new MicroshardRange(
              cut(microshards, members, rank), cut(microshards, members, rank + 1)));
    }
    return List.copyOf(ranges);
  }

  private static int cut(int microshards, int members, int rank) {
    return (int) ((long) rank * microshards / members);
  }
}
