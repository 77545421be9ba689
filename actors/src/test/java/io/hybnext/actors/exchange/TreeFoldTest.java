package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.actors.membership.MicroshardRange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TreeFoldTest {

  /** A partial sum as it travels. */
  private record Partial(int first, int end, float sum) {}

  /** Slots of single numbers. */
  private static final class Slots implements TreeFold.Sums {
    final float[] slots = new float[32];
    float incoming;

    @Override
    public void store(int slot) {
      slots[slot] = incoming;
    }

    @Override
    public void add(int slot) {
      slots[slot] += incoming;
    }

    @Override
    public void merge(int into, int from) {
      slots[into] += slots[from];
    }
  }

  @Test
  void shouldGiveTheSameBitsForEveryPartitionAndArrivalOrder() {
    Random random = new Random(5);
    for (int leaves = 1; leaves <= 16; leaves++) {
      ReductionTree tree = new ReductionTree(leaves);
      float[] values = new float[leaves];
      for (int i = 0; i < leaves; i++) {
        values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7)));
      }
      int want = Float.floatToRawIntBits(reference(tree, values, 0, leaves));
      for (int members = 1; members <= Math.min(5, leaves); members++) {
        for (int trial = 0; trial < 40; trial++) {
          List<Partial> partials = new ArrayList<>();
          for (MicroshardRange range : cut(random, leaves, members)) {
            partials.addAll(foldRange(tree, range, values));
          }
          Collections.shuffle(partials, random);
          assertEquals(want, Float.floatToRawIntBits(foldAll(tree, partials)));
        }
      }
    }
  }

  private static float reference(ReductionTree tree, float[] values, int first, int end) {
    if (end - first == 1) {
      return values[first];
    }
    int middle = first + 1;
    while (!tree.joins(first, middle, end)) {
      middle++;
    }
    return reference(tree, values, first, middle) + reference(tree, values, middle, end);
  }

  private static List<MicroshardRange> cut(Random random, int leaves, int members) {
    TreeSet<Integer> ends = new TreeSet<>(List.of(leaves));
    while (ends.size() < members) {
      ends.add(1 + random.nextInt(leaves));
    }
    List<MicroshardRange> ranges = new ArrayList<>();
    int first = 0;
    for (int end : ends) {
      ranges.add(new MicroshardRange(first, end));
      first = end;
    }
    return ranges;
  }

  /** What a member sends. */
  private static List<Partial> foldRange(
      ReductionTree tree, MicroshardRange range, float[] values) {
    List<MicroshardRange> roots = tree.cover(range);
    TreeFold fold = new TreeFold(tree, roots);
    Slots slots = new Slots();
    List<Partial> partials = new ArrayList<>();
    for (int leaf = range.first(); leaf < range.end(); leaf++) {
      slots.incoming = values[leaf];
      int slot = fold.accept(leaf, leaf + 1, slots);
      if (slot >= 0) {
        MicroshardRange root = roots.get(partials.size());
        assertEquals(leaf + 1, root.end());
        partials.add(new Partial(root.first(), root.end(), slots.slots[slot]));
      }
    }
    assertEquals(roots.size(), partials.size());
    return partials;
  }

  private static float foldAll(ReductionTree tree, List<Partial> partials) {
    TreeFold fold = new TreeFold(tree, List.of(new MicroshardRange(0, tree.leaves())));
    Slots slots = new Slots();
    int result = TreeFold.WAITING;
    for (Partial partial : partials) {
      assertEquals(TreeFold.WAITING, result);
      slots.incoming = partial.sum();
      result = fold.accept(partial.first(), partial.end(), slots);
    }
    assertEquals(0, result, "the whole sum is in the first slot");
    return slots.slots[0];
  }

  @Test
  void shouldRefuseWhatCameBeforeAndWhatIsNoNode() {
    ReductionTree tree = new ReductionTree(8);
    TreeFold fold = new TreeFold(tree, List.of(new MicroshardRange(0, 8)));
    Slots slots = new Slots();
    assertEquals(TreeFold.WAITING, fold.accept(2, 4, slots));
    assertEquals(TreeFold.REFUSED, fold.accept(2, 4, slots));
    assertEquals(TreeFold.REFUSED, fold.accept(3, 4, slots));
    assertEquals(TreeFold.REFUSED, fold.accept(0, 4, slots));
    assertEquals(TreeFold.REFUSED, fold.accept(5, 7, slots));
    assertEquals(TreeFold.REFUSED, fold.accept(-1, 1, slots));
    assertEquals(TreeFold.REFUSED, fold.accept(8, 9, slots));
    assertEquals(TreeFold.WAITING, fold.accept(0, 2, slots));
    assertEquals(0, fold.accept(4, 8, slots));
    fold.reset();
    assertEquals(0, fold.accept(0, 8, slots));
  }
}
