package io.hybnext.model.transformer;

import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Builder;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import java.util.ArrayList;
import java.util.List;

/** Where LlamaGen's parameters lie, under LlamaGen's key names. */
public final class TransformerLayout {
  /** Key of the features that stand for no caption: (T, C), drawn once, never trained. */
  public static final String UNCONDITIONAL = "cls_embedding.uncond_embedding";

  private TransformerLayout() {}

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
}
