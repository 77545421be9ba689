package io.hybnext.model.decoder;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The flat weights that a pass works with, a bucket each: the working weights themselves, or leaves
 * of them that gather gradients.
 */
public final class BucketArrays {
  private final ModelWeights weights;
  private final List<Array> flats;

  private BucketArrays(ModelWeights weights, List<Array> flats) {
    this.weights = weights;
    this.flats = flats;
  }

  /** The working weights: no gradient is gathered. */
  public static BucketArrays working(ModelWeights weights) {
    List<Array> flats = new ArrayList<>();
    for (int bucket = 0; bucket < weights.layout().buckets().size(); bucket++) {
      flats.add(weights.working(bucket));
    }
    return new BucketArrays(weights, flats);
  }

  /** A leaf of every bucket, owned by the scope. */
  public static BucketArrays leaves(ModelWeights weights, Scope scope) {
    List<Array> flats = new ArrayList<>();
    for (int bucket = 0; bucket < weights.layout().buckets().size(); bucket++) {
      flats.add(weights.working(bucket).leaf(scope));
    }
    return new BucketArrays(weights, flats);
  }

  /** The flat weights of a bucket. */
  public Array of(int bucket) {
    return flats.get(bucket);
  }

  /** The embeddings. */
  public Array embeddings() {
    return flats.get(ParameterLayout.EMBEDDINGS);
  }

  /** A block, from 0. */
  public Array block(int index) {
    return flats.get(weights.layout().blockBucket(index));
  }

  /** The final norm and output head. */
  public Array head() {
    return flats.get(weights.layout().headBucket());
  }

  /** The projector of the alignment; only where the layout has one. */
  public Array projector() {
    return flats.get(weights.layout().projectorBucket());
  }

  /** Something stored with the weights but never trained, in its own shape; empty for none. */
  public Optional<Array> frozen(String name) {
    return Optional.ofNullable(weights.frozen(name));
  }
}
