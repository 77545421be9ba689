package io.hybnext.model.tower;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.image.Image;
import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A frozen vision transformer: forward only, one kernel call a block. Used by one thread at a time.
 *
 * <p>B = batch, S = image side, T = tokens with the class token first, D = width, E = projected
 * width. Results belong to the scope that a call names.
 */
public final class VitTower implements AutoCloseable {
  private final VitConfig config;
  private final Scope scope;
  private final KernelModule kernels;
  private final TowerWeights weights;
  private final List<Array> embedding;
  private final List<List<Array>> blocks = new ArrayList<>();
  private final List<Array> norm;

  private VitTower(VitConfig config, Scope scope, TowerWeights weights, Precision precision) {
    this.config = config;
    this.scope = scope;
    this.weights = weights;
    this.kernels = TowerKernels.compile(scope.engine(), source(config), precision);
    List<String> names = new ArrayList<>(List.of("patch.weight", "class", "position"));
    if (config.preNorm()) {
      names.addAll(List.of("pre_norm.weight", "pre_norm.bias"));
    }
    if (config.patchBias()) {
      names.add("patch.bias");
    }
    this.embedding = weights.of("", names.toArray(String[]::new));
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(weights.preNormBlock("blocks." + i + "."));
    }
    this.norm = weights.of("", "norm.weight", "norm.bias");
  }

  private static KernelSource source(VitConfig config) {
    int bias = config.preNorm() ? 5 : 3;
    return TowerKernels.source("vit.ts", config.heads(), config.eps(), config.activation())
        .with("width", config.width())
        .with("twice", 2 * config.width())
        .with("patch", config.patch())
        .with("image_size", config.imageSize())
        .with("patch_bias", config.patchBias() ? "w[" + bias + "]" : "None")
        .with("embedded", config.preNorm() ? "(self).norm(x, w[3], w[4])" : "x");
  }

  /**
   * Reads the weights. The caller closes the tower.
   *
   * @throws IOException with a sentence for people when the file is damaged or of another network
   */
  public static VitTower load(
      TorchEngine engine, VitConfig config, VitKeys keys, Checkpoint file, Precision precision)
      throws IOException {
    Scope scope = engine.openScope("vision transformer");
    try {
      return new VitTower(config, scope, keys.map(config).load(scope, file, precision), precision);
    } catch (IOException | RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** With random weights, for measurements. The caller closes the tower. */
  public static VitTower random(
      TorchEngine engine, VitConfig config, long seed, Precision precision) {
    Scope scope = engine.openScope("vision transformer");
    TowerWeights weights = VitKeys.TRANSFORMERS.map(config).random(scope, seed, precision);
    return new VitTower(config, scope, weights, precision);
  }

  /** The configuration. */
  public VitConfig config() {
    return config;
  }

  /**
   * Framed images as the tower takes them.
   *
   * @param images results of the preprocessing's framing, at least one
   * @return (B, 3, S, S) fp32
   */
  public Array pixels(Scope owner, Preprocessing preprocessing, List<Image> images) {
    return preprocessing.pixels(owner, kernels, images);
  }

  /**
   * Tokens before the first block.
   *
   * @param pixels (B, 3, S, S) fp32, normalised
   * @return (B, T, D)
   */
  public Array embed(Scope owner, Array pixels) {
    return kernels.call(owner, "embed", pixels, embedding);
  }

  /**
   * One block.
   *
   * @param block counted from 0
   * @param tokens (B, T, D)
   * @return (B, T, D)
   */
  public Array block(Scope owner, int block, Array tokens) {
    return kernels.call(owner, "block", tokens, blocks.get(block));
  }

  /**
   * Tokens after the last block, before the final norm.
   *
   * @param pixels (B, 3, S, S) fp32, normalised
   * @return (B, T, D)
   */
  public Array tokens(Scope owner, Array pixels) {
    return through(owner, pixels, "block");
  }

  /**
   * The class token alone after the last block, before the final norm: of the last block only what
   * it needs is computed, a sixth of a block.
   *
   * @param pixels (B, 3, S, S) fp32, normalised
   * @return (B, 1, D)
   */
  public Array firstToken(Scope owner, Array pixels) {
    return through(owner, pixels, "class_block");
  }

  private Array through(Scope owner, Array pixels, String lastBlock) {
    Array tokens = embed(owner, pixels);
    int last = config.depth() - 1;
    for (int i = 0; i <= last; i++) {
      Array before = tokens;
      tokens = kernels.call(owner, i < last ? "block" : lastBlock, before, blocks.get(i));
      before.close();
    }
    return tokens;
  }

  /** The final norm on every token: (B, T, D) to (B, T, D). */
  public Array normed(Scope owner, Array tokens) {
    return kernels.call(owner, "normed", tokens, norm);
  }

  /** The class token after the final norm: (B, T, D) or (B, 1, D) to (B, D). */
  public Array classToken(Scope owner, Array tokens) {
    return kernels.call(owner, "class_token", tokens, norm);
  }

  /** The mean of the other tokens after the final norm: (B, T, D) to (B, D). */
  public Array patchMean(Scope owner, Array tokens) {
    return kernels.call(owner, "patch_mean", tokens, norm);
  }

  /** The projection: (.., D) to (.., E). */
  public Array project(Scope owner, Array tokens) {
    return kernels.call(owner, "project", tokens, weights.get("projection"));
  }

  /** Two arrays side by side in the last dimension. */
  public Array join(Scope owner, Array first, Array second) {
    return kernels.call(owner, "join", first, second);
  }

  @Override
  public void close() {
    kernels.close();
    scope.close();
  }
}
