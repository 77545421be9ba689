package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which member sums and updates which chunk, and which one is its deputy: contiguous runs of
 * chunks, in the order of the layout, with nearly the same number of elements each. Chunks also
 * have a number over all buckets, which is the order in which their norms are summed.
 */
public final class ChunkPartition {
  private final List<Chunk> chunks = new ArrayList<>();
  private final int[] owners;
  private final int[] firstOfBucket;
  private final int members;
  private final int[] deputies; // by rank of the owner

  /**
   * Cuts the layout for members of one host.
   *
   * @param members number of owners, at least 1; with more members than chunks some own none
   */
  public ChunkPartition(BucketLayout layout, int members) {
    this(layout, Collections.nCopies(members, ""));
  }

  /**
   * Cuts the layout.
   *
   * @param hosts of the owners by rank, at least one; equal for members of one host
   */
  ChunkPartition(BucketLayout layout, List<String> hosts) {
    members = hosts.size();
    if (members < 1) {
      throw new IllegalArgumentException("members = " + members + ": want at least 1");
    }
    deputies = Deputies.of(hosts);
    firstOfBucket = new int[layout.buckets().size() + 1];
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      for (int index = 0; index < layout.buckets().get(bucket).chunks(); index++) {
        chunks.add(new Chunk(bucket, index));
      }
      firstOfBucket[bucket + 1] = chunks.size();
    }
    owners = new int[chunks.size()];
    double total = layout.length();
    long before = 0;
    for (int number = 0; number < owners.length; number++) {
      Chunk chunk = chunks.get(number);
      int length = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
      owners[number] =
          (int) Math.min(members - 1L, (long) ((before + length / 2.0) / total * members));
      before += length;
    }
  }

  /** Number of chunks over all buckets. */
  public int chunks() {
    return owners.length;
  }

  /** The chunk with a number. */
  public Chunk chunk(int number) {
    return chunks.get(number);
  }

  /** Number of a chunk, in the order of buckets and then of chunks in them. */
  public int number(int bucket, int index) {
    return firstOfBucket[bucket] + index;
  }

  /** Rank of the owner of the chunk with a number. */
  public int owner(int number) {
    return owners[number];
  }

  /**
   * Rank of the member that keeps a second copy of the moments of the chunk with a number and
   * updates it as well, so that the state outlives its owner, and its owner's host where there is
   * another; -1 when there is only one member.
   */
  public int deputy(int number) {
    return deputies[owners[number]];
  }

  /** Whether a member is owner or deputy of the chunk with a number. */
  public boolean holds(int rank, int number) {
    return owners[number] == rank || deputy(number) == rank;
  }

  /** Numbers of the chunks that a member is deputy of, rising. */
  int[] backed(int rank) {
    return IntStream.range(0, owners.length).filter(chunk -> deputy(chunk) == rank).toArray();
  }

  /** Number of the first chunk that a member owns, or, if it owns none, would own. */
  public int first(int rank) {
    int number = 0;
    while (number < owners.length && owners[number] < rank) {
      number++;
    }
    return number;
  }

  /** The chunks of a member, in the order of their numbers. */
  public List<Chunk> owned(int rank) {
    if (rank < 0 || rank >= members) {
      throw new IllegalArgumentException("rank = " + rank + ": want 0 to " + (members - 1));
    }
    return List.copyOf(chunks.subList(first(rank), first(rank + 1)));
  }
}
