package io.hybnext.actors.step;

import java.util.List;

/**
 * How the parameters are laid out for the exchange: flat fp32 buckets (one a decoder block, and so
 * on), each cut into chunks of {@link #CHUNK_LENGTH} elements, the last one shorter. A chunk has
 * one owner, who sums its gradient and updates it. The cut depends on the model alone, so it is the
 * same for any number of trainers.
 *
 * @param buckets in the order of the parameters; gradients finish in any order
 */
public record BucketLayout(List<Bucket> buckets) {
  /** Elements a chunk: 1 MiB of fp32. */
  public static final int CHUNK_LENGTH = 1 << 18;

  /** Copies the list. */
  public BucketLayout {
    buckets = List.copyOf(buckets);
  }

  /**
   * Parameters whose gradients are ready together.
   *
   * @param name for logs and checkpoints, e.g. {@code layers.3}
   * @param length number of fp32 elements
   */
  public record Bucket(String name, int length) {

    /** Number of chunks. */
    public int chunks() {
      return (length + CHUNK_LENGTH - 1) / CHUNK_LENGTH;
    }

    /** Elements of chunk {@code index}. */
    public int chunkLength(int index) {
      return Math.min(CHUNK_LENGTH, length - index * CHUNK_LENGTH);
    }
  }

  /**
   * One chunk.
   *
   * @param bucket number of the bucket
   * @param index number of the chunk in it
   */
  public record Chunk(int bucket, int index) {

    /** First element in the bucket. */
    public int offset() {
      return index * CHUNK_LENGTH;
    }
  }

  /** Number of parameters. */
  public long length() {
    return buckets.stream().mapToLong(Bucket::length).sum();
  }
}
