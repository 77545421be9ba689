package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.MicroshardRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReductionTreeTest {

  @Test
  void shouldCoverEveryRangeWithItsLargestNodes() {
    for (int leaves = 1; leaves <= 17; leaves++) {
      ReductionTree tree = new ReductionTree(leaves);
      for (int first = 0; first < leaves; first++) {
        for (int end = first + 1; end <= leaves; end++) {
          checkCover(tree, new MicroshardRange(first, end));
        }
      }
    }
  }

  private static void checkCover(ReductionTree tree, MicroshardRange range) {
    List<MicroshardRange> nodes = tree.cover(range);
    int next = range.first();
    for (MicroshardRange node : nodes) {
      assertEquals(next, node.first());
      assertTrue(tree.isNode(node.first(), node.end()));
      next = node.end();
      for (int first = range.first(); first <= node.first(); first++) {
        for (int end = node.end(); end <= range.end(); end++) {
          boolean larger = end - first > node.size();
          assertFalse(larger && tree.isNode(first, end), "a larger node holds " + node);
        }
      }
    }
    assertEquals(range.end(), next);
  }

  @Test
  void shouldSplitEveryNodeInExactlyOneWay() {
    for (int leaves = 1; leaves <= 17; leaves++) {
      ReductionTree tree = new ReductionTree(leaves);
      assertTrue(tree.isNode(0, leaves));
      for (int first = 0; first < leaves; first++) {
        for (int end = first + 1; end <= leaves; end++) {
          int ways = 0;
          for (int middle = first + 1; middle < end; middle++) {
            if (tree.joins(first, middle, end)) {
              ways++;
              assertTrue(tree.isNode(first, middle) && tree.isNode(middle, end));
            }
          }
          assertEquals(tree.isNode(first, end) && end - first > 1 ? 1 : 0, ways);
        }
      }
    }
  }

  @Test
  void shouldSendOnePartialSumFromAlignedRanges() {
    ReductionTree tree = new ReductionTree(8);
    for (MicroshardRange range : MicroshardRange.split(8, 4)) {
      assertEquals(List.of(range), tree.cover(range));
    }
  }

  @Test
  void shouldRefuseATreeWithoutLeaves() {
    assertThrows(IllegalArgumentException.class, () -> new ReductionTree(0));
  }
}
