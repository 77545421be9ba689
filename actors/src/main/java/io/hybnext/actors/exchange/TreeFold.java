package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Folds partial sums of one piece along the {@link ReductionTree}, in whatever order they come:
 * what has its sibling is added to it at once, the rest waits in numbered slots. With leaves in
 * rising order this is a binary counter. A plain state machine: the numbers themselves lie with the
 * {@link Sums}. Slot 0 is the first one taken and is never merged into another.
 */
final class TreeFold {
  /** The partial sum is waiting or was folded into one that waits. */
  static final int WAITING = -1;

  /** The partial sum is no node of the tree below the roots, or came before. */
  static final int REFUSED = -2;

  /** Holds the numbers. The partial sum at hand is the one that {@link #accept} was called for. */
  interface Sums {
    /** Copies the partial sum at hand into the slot. */
    void store(int slot);

    /** Adds the partial sum at hand to the slot. */
    void add(int slot);

    /** Adds slot {@code from} to slot {@code into}; {@code from} is free afterwards. */
    void merge(int into, int from);
  }

  private final ReductionTree tree;
  private final int[] rootEnd; // by first leaf; 0 where no root starts
  private final BitSet seen;
  private int[] firsts = new int[4];
  private int[] ends = new int[4];
  private int[] slots = new int[4];
  private int waiting;

  /**
   * @param roots nodes at which folding stops, disjoint, from left to right
   */
  TreeFold(ReductionTree tree, List<MicroshardRange> roots) {
    this(tree, rootEnds(tree, roots));
  }

  TreeFold(ReductionTree tree, int[] rootEnd) {
    this.tree = tree;
    this.rootEnd = rootEnd;
    seen = new BitSet(tree.leaves());
  }

  /** The table of roots, for many folds with the same ones. */
  static int[] rootEnds(ReductionTree tree, List<MicroshardRange> roots) {
    int[] ends = new int[tree.leaves()];
    for (MicroshardRange root : roots) {
      ends[root.first()] = root.end();
    }
    return ends;
  }

  /** Forgets everything, for the next step. */
  void reset() {
    waiting = 0;
    seen.clear();
  }

  /**
   * Takes the sum of {@code [first, end)}.
   *
   * @return the slot of a finished root, which is then free for the next one; or {@link #WAITING};
   *     or {@link #REFUSED}, and nothing happened
   */
  int accept(int first, int end, Sums sums) {
    if (!tree.isNode(first, end) || !belowRoot(first, end) || anySeen(first, end)) {
      return REFUSED;
    }
    seen.set(first, end);
    int entry = sibling(first, end);
    if (entry >= 0) {
      sums.add(slots[entry]);
      widen(entry, first, end);
    } else {
      entry = append(first, end);
      sums.store(slots[entry]);
    }
    return mergeUpwards(entry, sums);
  }

  private int mergeUpwards(int start, Sums sums) {
    int entry = start;
    for (int other = sibling(firsts[entry], ends[entry]);
        other >= 0;
        other = sibling(firsts[entry], ends[entry])) {
      int into = slots[entry] < slots[other] ? entry : other;
      int from = into == entry ? other : entry;
      sums.merge(slots[into], slots[from]);
      widen(into, firsts[from], ends[from]);
      int intoSlot = slots[into];
      remove(from);
      entry = entryOf(intoSlot);
    }
    if (rootEnd[firsts[entry]] != ends[entry]) {
      return WAITING;
    }
    int slot = slots[entry];
    remove(entry);
    return slot;
  }

  private boolean belowRoot(int first, int end) {
    for (int root = first; root >= 0; root--) {
      if (rootEnd[root] != 0) {
        return rootEnd[root] >= end;
      }
    }
    return false;
  }

  private boolean anySeen(int first, int end) {
    int next = seen.nextSetBit(first);
    return next >= 0 && next < end;
  }

  private int sibling(int first, int end) {
    if (rootEnd[first] == end) {
      return -1;
    }
    for (int entry = 0; entry < waiting; entry++) {
      if ((ends[entry] == first && tree.joins(firsts[entry], first, end))
          || (firsts[entry] == end && tree.joins(first, end, ends[entry]))) {
        return entry;
      }
    }
    return -1;
  }

  private void widen(int entry, int first, int end) {
    firsts[entry] = Math.min(firsts[entry], first);
    ends[entry] = Math.max(ends[entry], end);
  }

  private int append(int first, int end) {
    if (waiting == slots.length) {
      firsts = Arrays.copyOf(firsts, 2 * waiting);
      ends = Arrays.copyOf(ends, 2 * waiting);
      slots = Arrays.copyOf(slots, 2 * waiting);
    }
    int slot = 0;
    while (entryOf(slot) >= 0) {
      slot++;
    }
    firsts[waiting] = first;
    ends[waiting] = end;
    slots[waiting] = slot;
    return waiting++;
  }

  private void remove(int entry) {
    waiting--;
    firsts[entry] = firsts[waiting];
    ends[entry] = ends[waiting];
    slots[entry] = slots[waiting];
  }

  private int entryOf(int slot) {
    for (int entry = 0; entry < waiting; entry++) {
      if (slots[entry] == slot) {
        return entry;
      }
    }
    return -1;
  }
}
