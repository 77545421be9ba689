package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout;

/**
 * Memory that one member of a generation needs for its part of the optimiser state and of the
 * gradient sums: as owner of its chunks, and again as deputy of its neighbour's. Partial sums and
 * messages come on top.
 *
 * @param momentsBytes two fp32 numbers an element
 * @param sumsBytes one fp32 number an element
 */
public record ExchangeMemory(long momentsBytes, long sumsBytes) {

  /** What the member with the largest part needs. */
  public static ExchangeMemory of(BucketLayout layout, int members) {
    ChunkPartition partition = new ChunkPartition(layout, members);
    long[] elements = new long[members];
    for (int number = 0; number < partition.chunks(); number++) {
      BucketLayout.Chunk chunk = partition.chunk(number);
      int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
      elements[partition.owner(number)] += length;
      if (members > 1) {
        elements[partition.deputy(number)] += length;
      }
    }
    long most = java.util.Arrays.stream(elements).max().orElse(0);
    return new ExchangeMemory(2 * most * Float.BYTES, most * Float.BYTES);
  }
}
