package io.hybnext.model.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

  /** Key of the features that stand for no caption: (T, C), drawn once, never trained. */
  public static final String UNCONDITIONAL = "cls_embedding.uncond_embedding";

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

    /** Whether it has two dimensions or more; LlamaGen decays only these. */
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

  /** The buckets of a network without projector, as sampling uses it. */
  public static ParameterLayout of(TransformerConfig config) {
    List<Bucket> buckets = new ArrayList<>();
    buckets.add(embeddings(config));
    for (int block = 0; block < config.nLayer(); block++) {
      buckets.add(block(config, block));
    }
    buckets.add(
        new Builder("output")
            .add("output.weight", config.vocabSize(), config.dim())
            .add("norm.weight", config.dim())
            .build());
    return new ParameterLayout(buckets, frozen(config));
  }

  private static List<Parameter> frozen(TransformerConfig config) {
    return config.modelType() == TransformerConfig.ModelType.C2I
        ? List.of()
        : List.of(
            new Parameter(UNCONDITIONAL, List.of(config.clsTokenNum(), config.captionDim()), 0));
  }

  private static Bucket embeddings(TransformerConfig config) {
    Builder builder = new Builder("embeddings");
    int dim = config.dim();
    if (config.modelType() == TransformerConfig.ModelType.C2I) {
      builder.add("cls_embedding.embedding_table.weight", config.classRows(), dim);
    } else {
      builder.add("cls_embedding.cap_proj.fc1.weight", dim, config.captionDim());
      builder.add("cls_embedding.cap_proj.fc2.weight", dim, dim);
    }
    return builder.add("tok_embeddings.weight", config.vocabSize(), dim).build();
  }

  /** w1 and w3 lie side by side: one product computes both. */
  private static Bucket block(TransformerConfig config, int block) {
    int dim = config.dim();
    int rows = (config.nHead() + 2 * config.nKvHead()) * config.headDim();
    String prefix = "layers." + block + ".";
    return new Builder("layers." + block)
        .add(prefix + "attention.wqkv.weight", rows, dim)
        .add(prefix + "attention.wo.weight", dim, dim)
        .add(prefix + "feed_forward.w1.weight", config.ffnDim(), dim)
        .add(prefix + "feed_forward.w3.weight", config.ffnDim(), dim)
        .add(prefix + "feed_forward.w2.weight", dim, config.ffnDim())
        .add(prefix + "attention_norm.weight", dim)
        .add(prefix + "ffn_norm.weight", dim)
        .build();
  }

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

  /** Number of parameters, counted by element. */
  public long length() {
    return buckets.stream().mapToLong(Bucket::length).sum();
  }

  private static final class Builder {
    private final String name;
    private final List<Parameter> parameters = new ArrayList<>();
    private int offset;

    Builder(String name) {
      this.name = name;
    }

    Builder add(String parameter, Integer... shape) {
      Parameter added = new Parameter(parameter, Arrays.asList(shape), offset);
      parameters.add(added);
      offset = Math.addExact(offset, added.length());
      return this;
    }

    Bucket build() {
      return new Bucket(name, parameters);
    }
  }
}
