package io.hybnext.model.tower;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The frozen text tower of BioMedCLIP: forward only, one kernel call a block. Used by one thread at
 * a time.
 *
 * <p>B = batch, T = tokens, D = width, E = projected width. Results belong to the scope that a call
 * names.
 */
public final class BertTower implements AutoCloseable {
  private final BertConfig config;
  private final Scope scope;
  private final KernelModule kernels;
  private final TowerWeights weights;
  private final List<Array> embedding;
  private final List<List<Array>> blocks = new ArrayList<>();

  private BertTower(BertConfig config, Scope scope, TowerWeights weights, Precision precision) {
    this.config = config;
    this.scope = scope;
    this.weights = weights;
    KernelSource source =
        TowerKernels.source("bert.ts", config.heads(), config.eps(), Activation.GELU)
            .with("pad_id", config.padId())
            .with("image_size", 0); // texts have no pixels
    this.kernels = TowerKernels.compile(scope.engine(), source, precision);
    this.embedding = weights.of("", "words", "types", "positions", "norm.weight", "norm.bias");
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(block(weights, "blocks." + i + "."));
    }
  }

  private static List<Array> block(TowerWeights weights, String prefix) {
    return Stream.of("qkv", "out", "norm1", "fc1", "fc2", "norm2")
        .flatMap(layer -> weights.of(prefix + layer, ".weight", ".bias").stream())
        .toList();
  }

  /**
   * Reads the weights. The caller closes the tower.
   *
   * @throws IOException with a sentence for people when the file is damaged or of another network
   */
  public static BertTower load(
      TorchEngine engine, BertConfig config, BertKeys keys, Checkpoint file, Precision precision)
      throws IOException {
    Scope scope = engine.openScope("BERT");
    try {
      return new BertTower(config, scope, keys.map(config).load(scope, file, precision), precision);
    } catch (IOException | RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** The configuration. */
  public BertConfig config() {
    return config;
  }

  /**
   * Tokens after the last block.
   *
   * @param ids (B, T) int64, padded on the right with the pad token
   * @return (B, T, D)
   */
  public Array tokens(Scope owner, Array ids) {
    try (Array mask = kernels.call(owner, "padding_mask", ids)) {
      Array tokens = kernels.call(owner, "embed", ids, embedding);
      for (List<Array> block : blocks) {
        Array before = tokens;
        tokens = kernels.call(owner, "block", before, mask, block);
        before.close();
      }
      return tokens;
    }
  }

  /** The text's embedding, not normalised: (B, T, D) to (B, E). */
  public Array embedding(Scope owner, Array tokens) {
    try (Scope work = owner.open("embedding")) {
      Array first = kernels.call(work, "first_token", tokens);
      if (config.pooler()) {
        first =
            kernels.call(
                work, "pool", first, weights.get("pooler.weight"), weights.get("pooler.bias"));
      }
      return kernels.call(
          owner, "project", first, weights.get("projection.0"), weights.get("projection.1"));
    }
  }

  @Override
  public void close() {
    kernels.close();
    scope.close();
  }
}
