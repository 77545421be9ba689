package io.hybnext.model.training;

import io.hybnext.model.decoder.ParameterLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * AdamW's running means of the chunks that one trainer updates, zeros until first used. Chunks are
 * told apart by bucket and first element.
 */
public final class Moments {
  private final ParameterLayout layout;
  private final Map<Place, Chunk> chunks = new HashMap<>();

  Moments(ParameterLayout layout) {
    this.layout = layout;
  }

  private record Place(int bucket, int begin) {}

  /**
   * What AdamW keeps for a chunk: direct, fp32, native order, from 0 to capacity.
   *
   * @param mean running mean of gradients, exp_avg
   * @param square running mean of squared gradients, exp_avg_sq
   */
  public record Chunk(ByteBuffer mean, ByteBuffer square) {}

  /**
   * The moments of a chunk, zeros when new.
   *
   * @param begin first element in the bucket
   * @param length number of elements, always the same for a chunk
   */
  public Chunk of(int bucket, int begin, int length) {
    Chunk chunk =
        chunks.computeIfAbsent(
            new Place(bucket, begin), place -> new Chunk(zeros(length), zeros(length)));
    if (chunk.mean().capacity() != length * Float.BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "chunk at %d of bucket %s has %d elements, not %d",
              begin, name(bucket), chunk.mean().capacity() / Float.BYTES, length));
    }
    return chunk;
  }

  private static ByteBuffer zeros(int length) {
    return ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.nativeOrder());
  }

  /**
   * A chunk as checkpoints name it: {@code exp_avg/BUCKET/BEGIN} and {@code exp_avg_sq/...}; views.
   */
  public List<HostTensor> tensors(int bucket, int begin, int length) {
    Chunk chunk = of(bucket, begin, length);
    String place = name(bucket) + "/" + begin;
    return List.of(
        new HostTensor("exp_avg/" + place, List.of(length), chunk.mean().duplicate()),
        new HostTensor("exp_avg_sq/" + place, List.of(length), chunk.square().duplicate()));
  }

  private String name(int bucket) {
    return layout.buckets().get(bucket).name();
  }

  /**
   * Forgets every chunk but some: those are zeros again.
   *
   * @param begins by bucket number, the first elements of the chunks that stay
   */
  public void keepOnly(List<? extends Set<Integer>> begins) {
    chunks.keySet().removeIf(place -> !begins.get(place.bucket()).contains(place.begin()));
  }

  /** Forgets every chunk: all are zeros again. */
  public void clear() {
    chunks.clear();
  }
}
