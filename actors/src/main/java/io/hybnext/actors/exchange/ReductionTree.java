package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;
import java.util.ArrayList;
import java.util.List;

/**
 * The fixed binary tree along which microshards are summed. A node covers {@code [i * 2^k, (i + 1)
 * * 2^k)}, cut off at the last microshard, and is the sum of its two halves; a half beyond the end
 * does not exist, and its sibling stands for the node. The tree depends on the number of
 * microshards alone, so a sum along it is the same bit for bit however its leaves are spread over
 * members.
 *
 * @param leaves number of microshards, at least 1
 */
public record ReductionTree(int leaves) {

  /** Checks the number of leaves. */
  public ReductionTree {
    if (leaves < 1) {
      throw new IllegalArgumentException("microshards = " + leaves + ": want at least 1");
    }
  }

  /** Whether the leaves from {@code first} to before {@code end} are all leaves of one node. */
  public boolean isNode(int first, int end) {
    if (first < 0 || end <= first || end > leaves) {
      return false;
    }
    long span = span(first, end);
    return first % span == 0 && (end - first == span || end == leaves);
  }

  /** Whether {@code [first, middle)} and {@code [middle, end)} are the two halves of a node. */
  public boolean joins(int first, int middle, int end) {
    return end - first > 1 && isNode(first, end) && middle - first == span(first, end) / 2;
  }

  /** The largest nodes within a range, from left to right; together they are the range. */
  public List<MicroshardRange> cover(MicroshardRange range) {
    if (range.end() > leaves) {
      throw new IllegalArgumentException(range + " exceeds the " + leaves + " microshards");
    }
    List<MicroshardRange> nodes = new ArrayList<>();
    for (int first = range.first(); first < range.end(); ) {
      int end = range.end();
      while (!isNode(first, end)) {
        end--;
      }
      nodes.add(new MicroshardRange(first, end));
      first = end;
    }
    return List.copyOf(nodes);
  }

  /** Smallest power of two that is not less than the number of leaves. */
  private static long span(int first, int end) {
    int size = end - first;
    return size == 1 ? 1 : 2L * Integer.highestOneBit(size - 1);
  }
}
