package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import java.util.List;

/**
 * Bytes of host memory that one trainer's side of the exchange holds.
 *
 * @param owned elements whose sum it makes, and which it writes into checkpoints
 * @param held elements that it updates and whose moments it holds: what it owns, and what it is
 *     deputy for
 * @param sums of the gradients of what it holds
 * @param partialSums of its own microshards, which wait for their siblings in the tree
 * @param waiting partial sums of others' elements that may wait besides when a peer lags behind by
 *     a whole backward pass
 */
public record ExchangeMemory(long owned, long held, long sums, long partialSums, long waiting) {

  /**
   * What the trainer that holds most holds.
   *
   * @param members of the run
   * @param microshards of a global batch
   * @throws IllegalArgumentException when there are more members than microshards
   */
  public static ExchangeMemory of(BucketLayout layout, int members, int microshards) {
    ExchangeMemory most = new ExchangeMemory(0, 0, 0, 0, 0);
    List<MicroshardRange> ranges = MicroshardRange.split(microshards, members);
    ChunkPartition partition = new ChunkPartition(layout, members);
    for (int rank = 0; rank < members; rank++) {
      long owned = 0;
      long held = 0;
      for (int number = 0; number < partition.chunks(); number++) {
        BucketLayout.Chunk chunk = partition.chunk(number);
        int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
        boolean own = partition.owner(number) == rank;
        owned += own ? length : 0;
        boolean deputised = members > 1 && partition.deputy(number) == rank;
        held += (own || deputised) ? length : 0;
      }
      ExchangeMemory one = of(owned, held, layout.length(), ranges.get(rank), microshards);
      most = one.total() > most.total() ? one : most;
    }
    return most;
  }

  private static ExchangeMemory of(
      long owned, long held, long all, MicroshardRange range, int microshards) {
    ReductionTree tree = new ReductionTree(microshards);
    int slots = slots(tree, range);
    long others = all - owned;
    long ofOwn = (slots - 1) * owned * Float.BYTES; // the first slot is the sum itself
    long ofOthers = range.size() > 1 ? slots * others * Float.BYTES : 0;
    return new ExchangeMemory(
        owned, held, held * Float.BYTES, ofOwn + ofOthers, others * Float.BYTES);
  }

  /** The most partial sums of one piece that wait at a time. */
  private static int slots(ReductionTree tree, MicroshardRange range) {
    int[] most = {0};
    TreeFold fold = new TreeFold(tree, tree.cover(range));
    TreeFold.Sums counting =
        new TreeFold.Sums() {
          @Override
          public void store(int slot) {
            most[0] = Math.max(most[0], slot + 1);
          }

          @Override
          public void add(int slot) {
            most[0] = Math.max(most[0], slot + 1);
          }

          @Override
          public void merge(int into, int from) {
            most[0] = Math.max(most[0], Math.max(into, from) + 1);
          }
        };
    for (int microshard = range.first(); microshard < range.end(); microshard++) {
      fold.accept(microshard, microshard + 1, counting);
    }
    return most[0];
  }

  /** Bytes that are there in every step, {@link #waiting} not among them. */
  public long total() {
    return sums + partialSums;
  }
}
