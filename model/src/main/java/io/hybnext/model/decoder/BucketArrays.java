package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * The flat weights that a pass works with, a bucket each: the working weights themselves, or leaves
 * of them that gather gradients.
 */
public final class BucketArrays {
  private final WorkingWeights weights;
  private final IntFunction<Array> flats;
  private final IntPredicate made;

  private BucketArrays(WorkingWeights weights, IntFunction<Array> flats, IntPredicate made) {
    this.weights = weights;
    this.flats = flats;
    this.made = made;
  }

  /** The working weights: no gradient is gathered. */
  public static BucketArrays working(WorkingWeights weights) {
    return new BucketArrays(weights, weights::working, bucket -> false);
  }

  /** These arrays, one a bucket. */
  public static BucketArrays of(WorkingWeights weights, List<Array> flats) {
    return new BucketArrays(weights, List.copyOf(flats)::get, bucket -> false);
  }

  /**
   * Arrays some of which are made whenever they are asked for.
   *
   * @param made of which buckets they are
   */
  public static BucketArrays merging(
      WorkingWeights weights, IntFunction<Array> flats, IntPredicate made) {
    return new BucketArrays(weights, flats, made);
  }

  /** The flat weights of a bucket. */
  public Array of(int bucket) {
    return flats.apply(bucket);
  }

  /** Frees an array got from this object if it was made for its asker. */
  public void release(int bucket, Array flat) {
    if (made.test(bucket)) {
      flat.close();
    }
  }

  /** The embeddings. */
  public Array embeddings() {
    return flats.apply(ParameterLayout.EMBEDDINGS);
  }

  /** A block, from 0. */
  public Array block(int index) {
    return flats.apply(weights.layout().blockBucket(index));
  }

  /** The final norm and output head. */
  public Array head() {
    return flats.apply(weights.layout().headBucket());
  }

  /** The projector of the alignment; only where the layout has one. */
  public Array projector() {
    return flats.apply(weights.layout().projectorBucket());
  }

  /** Something stored with the weights but never trained, in its own shape; empty for none. */
  public Optional<Array> frozen(String name) {
    return Optional.ofNullable(weights.frozen(name));
  }
}
