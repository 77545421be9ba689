package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.util.Arrays;

/**
 * Chunks cut into pieces that fit one datagram each, numbered over all buckets. Every member cuts
 * in the same way. Lengths and offsets are in elements.
 */
final class Pieces {
  /** 17 pieces a chunk; with header at most 61,760 bytes, below Aeron's largest datagram. */
  static final int DEFAULT_LENGTH = 15_424;

  private final ChunkPartition partition;
  private final int pieceLength;
  private final int[] firstOfChunk;
  private final int[] firstOfBucket;
  private final int[] chunks;
  private final int[] offsets;
  private final int[] lengths;

  Pieces(BucketLayout layout, ChunkPartition partition, int pieceLength) {
    this.partition = partition;
    this.pieceLength = pieceLength;
    firstOfChunk = new int[partition.chunks() + 1];
    for (int number = 0; number < partition.chunks(); number++) {
      int length = chunkLength(layout, partition.chunk(number));
      firstOfChunk[number + 1] = firstOfChunk[number] + (length + pieceLength - 1) / pieceLength;
    }
    int count = firstOfChunk[partition.chunks()];
    chunks = new int[count];
    offsets = new int[count];
    lengths = new int[count];
    for (int number = 0; number < partition.chunks(); number++) {
      cut(number, chunkLength(layout, partition.chunk(number)));
    }
    firstOfBucket = firstOfBuckets(layout, count);
  }

  private static int chunkLength(BucketLayout layout, BucketLayout.Chunk chunk) {
    return layout.buckets().get(chunk.bucket()).chunkLength(chunk.index());
  }

  private void cut(int number, int chunkLength) {
    for (int piece = firstOfChunk[number]; piece < firstOfChunk[number + 1]; piece++) {
      int inChunk = (piece - firstOfChunk[number]) * pieceLength;
      chunks[piece] = number;
      offsets[piece] = partition.chunk(number).offset() + inChunk;
      lengths[piece] = Math.min(pieceLength, chunkLength - inChunk);
    }
  }

  private int[] firstOfBuckets(BucketLayout layout, int count) {
    int[] firsts = new int[layout.buckets().size() + 1];
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      Bucket each = layout.buckets().get(bucket);
      if (each.length() < 0 || each.length() > Integer.MAX_VALUE / Float.BYTES) {
        throw new IllegalArgumentException(
            "bucket " + each.name() + " has " + each.length() + " elements: want at most 2^29 - 1");
      }
      firsts[bucket] = firstOfChunk[partition.number(bucket, 0)];
    }
    firsts[layout.buckets().size()] = count;
    return firsts;
  }

  /** Number of buckets. */
  int buckets() {
    return firstOfBucket.length - 1;
  }

  /** Number of chunks. */
  int chunks() {
    return firstOfChunk.length - 1;
  }

  /** Number of pieces. */
  int count() {
    return lengths.length;
  }

  /** Largest number of elements of a piece. */
  int pieceLength() {
    return pieceLength;
  }

  /** First piece of a bucket; of the number of buckets: the number of pieces. */
  int firstOfBucket(int bucket) {
    return firstOfBucket[bucket];
  }

  /** First piece of the chunk with a number; of the number of chunks: the number of pieces. */
  int firstOfChunk(int number) {
    return firstOfChunk[number];
  }

  /** Number of the piece's chunk. */
  int chunk(int piece) {
    return chunks[piece];
  }

  /** The piece's bucket. */
  int bucket(int piece) {
    return partition.chunk(chunks[piece]).bucket();
  }

  /** The piece's first element in its bucket. */
  int offset(int piece) {
    return offsets[piece];
  }

  /** Elements. */
  int length(int piece) {
    return lengths[piece];
  }

  /** Rank that sums and updates it. */
  int owner(int piece) {
    return partition.owner(chunks[piece]);
  }

  /** Rank that backs its sum up and updates it as well; -1 when its owner is alone. */
  int deputy(int piece) {
    return partition.deputy(chunks[piece]);
  }

  /** Byte of the chunk's buffers at which the piece starts. */
  int byteInChunk(int piece) {
    return (offsets[piece] - partition.chunk(chunks[piece]).offset()) * Float.BYTES;
  }

  /** Elements of the chunk with a number. */
  int chunkLength(int number) {
    int last = firstOfChunk[number + 1] - 1;
    return offsets[last] + lengths[last] - partition.chunk(number).offset();
  }

  /** The piece that starts at an element of a bucket; -1 when there is none. */
  int find(int bucket, int offset) {
    if (bucket < 0 || bucket >= firstOfBucket.length - 1 || offset < 0) {
      return -1;
    }
    int found =
        Arrays.binarySearch(offsets, firstOfBucket[bucket], firstOfBucket[bucket + 1], offset);
    return Math.max(found, -1);
  }

  /** Differs when another member cuts differently. */
  int fingerprint() {
    return 31 * Arrays.hashCode(lengths) + Arrays.hashCode(offsets);
  }
}
