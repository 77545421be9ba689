package io.hybnext.model.decoder;

import io.hybnext.model.network.SizeLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where every parameter lies: flat fp32 buckets of parameters whose gradients are ready together,
 * under the original project's key names. Bucket 0 holds the embeddings, bucket 1 + i block i, the
 * next one the final norm and output head, and a last one, when the model is trained with
 * alignment, the projector. Within a bucket matrices come first, so that what is decayed alike lies
 * together.
 *
 * @param buckets in order
 * @param frozen what is stored with the weights but never trained; each has a place of its own, so
 *     offsets are 0
 */
public record ParameterLayout(List<Bucket> buckets, List<Parameter> frozen) {
  /** Name of the bucket of the projector. */
  public static final String PROJECTOR = "adaptor";

  /** Number of the bucket of the embeddings. */
  public static final int EMBEDDINGS = 0;

  /** Copies the lists. */
  public ParameterLayout {
    buckets = List.copyOf(buckets);
    frozen = List.copyOf(frozen);
  }

  /**
   * One parameter.
   *
   * @param name the original checkpoint's key
   * @param shape its lengths, row-major
   * @param offset first element in its bucket
   */
  public record Parameter(String name, List<Integer> shape, int offset) {

    /** Copies the list. */
    public Parameter {
      shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public int length() {
      return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** Whether it has two dimensions or more; some recipes decay only these. */
    public boolean matrix() {
      return shape.size() >= 2;
    }
  }

  /**
   * Parameters that one kernel call takes as one flat array.
   *
   * @param name for logs and checkpoints
   * @param parameters in the order in which they lie
   */
  public record Bucket(String name, List<Parameter> parameters) {

    /** Copies the list. */
    public Bucket {
      parameters = List.copyOf(parameters);
    }

    /** Number of elements. */
    public int length() {
      Parameter last = parameters.get(parameters.size() - 1);
      return Math.addExact(last.offset(), last.length());
    }

    /** Lengths of the parameters, as {@code torch.split_with_sizes} wants them. */
    public List<Integer> sizes() {
      return parameters.stream().map(Parameter::length).toList();
    }
  }

  /** Where a parameter lies. */
  public record Place(int bucket, Parameter parameter) {}

  /**
   * These buckets and one of the projector.
   *
   * @param dim width D of the hidden states it takes
   * @param featureDim width E of the image features
   * @param repToken whether a learned alignment token is part of it
   */
  public ParameterLayout withProjector(int dim, int featureDim, boolean repToken) {
    Builder builder =
        new Builder(PROJECTOR)
            .add("adaptor.layers.0.weight", featureDim, dim)
            .add("adaptor.layers.2.weight", featureDim, featureDim)
            .add("adaptor.layers.0.bias", featureDim)
            .add("adaptor.layers.2.bias", featureDim);
    if (repToken) {
      builder.add("rep_embedding", dim);
    }
    List<Bucket> more = new ArrayList<>(buckets);
    more.add(builder.build());
    return new ParameterLayout(more, frozen);
  }

  /** Number of the bucket of a block, counted from 0. */
  public int blockBucket(int block) {
    return EMBEDDINGS + 1 + block;
  }

  /** Number of blocks. */
  public int blocks() {
    return headBucket() - EMBEDDINGS - 1;
  }

  /** Number of the bucket of the final norm and output head. */
  public int headBucket() {
    return bucket(PROJECTOR).orElse(buckets.size()) - 1;
  }

  /**
   * Number of the projector's bucket.
   *
   * @throws IllegalStateException when the layout has none
   */
  public int projectorBucket() {
    return bucket(PROJECTOR)
        .orElseThrow(() -> new IllegalStateException("a layout without projector"));
  }

  /** Number of the bucket with this name. */
  public Optional<Integer> bucket(String name) {
    for (int i = 0; i < buckets.size(); i++) {
      if (buckets.get(i).name().equals(name)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  /** Where the parameter with this key lies. */
  public Optional<Place> find(String parameter) {
    for (int i = 0; i < buckets.size(); i++) {
      for (Parameter candidate : buckets.get(i).parameters()) {
        if (candidate.name().equals(parameter)) {
          return Optional.of(new Place(i, candidate));
        }
      }
    }
    return Optional.empty();
  }

  /** Keys of all parameters, frozen ones included. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    buckets.forEach(bucket -> bucket.parameters().forEach(p -> names.add(p.name())));
    frozen.forEach(p -> names.add(p.name()));
    return names;
  }

  /** Number of parameters, counted by element. */
  public long length() {
    return buckets.stream().mapToLong(Bucket::length).sum();
  }

  /** Lines parameters of a bucket up, one behind the other. */
  public static final class Builder {
    private final String name;
    private final List<Parameter> parameters = new ArrayList<>();
    private int offset;

    /** An empty bucket of this name. */
    public Builder(String name) {
      this.name = name;
    }

    /**
     * Appends a parameter.
     *
     * @throws IllegalArgumentException when the bucket would be larger than an array
     */
    public Builder add(String parameter, Integer... shape) {
      Parameter added = new Parameter(parameter, Arrays.asList(shape), offset);
      parameters.add(added);
      offset = SizeLimits.flatLength(parameter, offset, added.shape());
      return this;
    }

    /** The bucket. */
    public Bucket build() {
      return new Bucket(name, parameters);
    }
  }
}
