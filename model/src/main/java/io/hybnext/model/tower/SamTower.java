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
 * The frozen image encoder of SAM or MedSAM: forward only, one kernel call a block. Used by one
 * thread at a time.
 *
 * <p>B = batch, S = image side, G = grid side, D = width, C = output channels. Results belong to
 * the scope that a call names.
 */
public final class SamTower implements AutoCloseable {
  private final SamConfig config;
  private final Scope scope;
  private final KernelModule kernels;
  private final List<Array> embedding;
  private final List<List<Array>> blocks = new ArrayList<>();
  private final List<Array> neck;

  /**
   * With weights of its own.
   *
   * @param bands in which the queries of global blocks go
   */
  SamTower(SamConfig config, Scope scope, TowerWeights weights, Precision precision, int bands) {
    this.config = config;
    this.scope = scope;
    this.kernels = TowerKernels.compile(scope.engine(), source(config, bands), precision);
    this.embedding = weights.of("", "patch.weight", "patch.bias", "position");
    for (int i = 0; i < config.depth(); i++) {
      String prefix = "blocks." + i + ".";
      List<Array> block = new ArrayList<>(weights.preNormBlock(prefix));
      block.add(kernels.call(scope, "offsets", weights.get(prefix + "high")));
      block.add(kernels.call(scope, "offsets", weights.get(prefix + "wide")));
      blocks.add(block);
    }
    this.neck =
        weights.of(
            "neck.", "conv1", "norm1.weight", "norm1.bias", "conv2", "norm2.weight", "norm2.bias");
  }

  private static KernelSource source(SamConfig config, int bands) {
    return TowerKernels.source("sam.ts", config.heads(), 1e-6, Activation.GELU)
        .with("patch", config.patch())
        .with("image_size", config.imageSize())
        .with("window", config.window())
        .with("windows", config.windows())
        .with("padding", config.windows() * config.window() - config.grid())
        .with("bands", bands);
  }

  /**
   * Reads the weights. The caller closes the tower.
   *
   * @throws IOException with a sentence for people when the file is damaged or of another network
   */
  public static SamTower load(
      TorchEngine engine, SamConfig config, SamKeys keys, Checkpoint file, Precision precision)
      throws IOException {
    Scope scope = engine.openScope("SAM image encoder");
    try {
      TowerWeights weights = keys.map(config).load(scope, file, precision);
      return new SamTower(config, scope, weights, precision, config.bands());
    } catch (IOException | RuntimeException e) {
      scope.close();
      throw e;
    }
  }

  /** With random weights, for measurements. The caller closes the tower. */
  public static SamTower random(
      TorchEngine engine, SamConfig config, long seed, Precision precision) {
    Scope scope = engine.openScope("SAM image encoder");
    TowerWeights weights = SamKeys.ORIGINAL.map(config).random(scope, seed, precision);
    return new SamTower(config, scope, weights, precision, config.bands());
  }

  /** The configuration. */
  public SamConfig config() {
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
   * @param pixels (B, 3, S, S) fp32, normalised and padded
   * @return (B, G, G, D)
   */
  public Array embed(Scope owner, Array pixels) {
    return kernels.call(owner, "embed", pixels, embedding);
  }

  /**
   * One block, in windows or over the whole grid.
   *
   * @param block counted from 0
   * @param tokens (B, G, G, D)
   * @return (B, G, G, D)
   */
  public Array block(Scope owner, int block, Array tokens) {
    String method = config.global(block) ? "global_block" : "window_block";
    return kernels.call(owner, method, tokens, blocks.get(block));
  }

  /** The neck: (B, G, G, D) to (B, G, G, C). */
  public Array neck(Scope owner, Array tokens) {
    return kernels.call(owner, "neck", tokens, neck);
  }

  /**
   * The embedding of an image.
   *
   * @param pixels (B, 3, S, S) fp32, normalised and padded
   * @return (B, G, G, C)
   */
  public Array grid(Scope owner, Array pixels) {
    Array tokens = embed(owner, pixels);
    for (int i = 0; i < config.depth(); i++) {
      Array before = tokens;
      tokens = block(owner, i, before);
      before.close();
    }
    Array last = tokens;
    try (last) {
      return neck(owner, last);
    }
  }

  /** The mean over the whole grid, padding included: (B, G, G, C) to (B, C). */
  public Array gridMean(Scope owner, Array grid) {
    return kernels.call(owner, "grid_mean", grid);
  }

  /** The grid as the originals lay it out: (B, G, G, C) to (B, C, G, G). */
  public Array channelsFirst(Scope owner, Array grid) {
    return kernels.call(owner, "channels_first", grid);
  }

  @Override
  public void close() {
    kernels.close();
    scope.close();
  }
}
