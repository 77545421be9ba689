package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.KernelSource;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.FlatLayout;
import java.util.List;

/**
 * The maths of a Kelix-Tok for one configuration; holds no weights. Kernel text: {@code tok.ts} and
 * {@code read_out.ts}, whose method names {@link #kernels} takes. B = images of one grid, P =
 * blocks, N = codes a block, K = entries, d = width of comparison. Computes in fp32. Used by one
 * thread at a time.
 */
public final class KelixTokNetwork implements AutoCloseable {
  private static final double BETA = 0.25; // spec/kelix.md 3.5, train_keye_tok_end2end.py

  private final KelixTokConfig config;
  private final FlatLayout layout;
  private final KernelModule kernels;

  private KelixTokNetwork(KelixTokConfig config, FlatLayout layout, KernelModule kernels) {
    this.config = config;
    this.layout = layout;
    this.kernels = kernels;
  }

  /** Compiles the kernels of a configuration. The caller closes the result. */
  public static KelixTokNetwork compile(TorchEngine engine, KelixTokConfig config) {
    KelixTokLayout places = KelixTokLayout.of(config);
    KernelSource source =
        KernelSource.resource(KelixTokNetwork.class, "tok.ts")
            .with("sizes", places.parameters().sizes())
            .with("patch", config.patchSize())
            .with("patch_length", config.channels() * config.patchSize() * config.patchSize())
            .with("table_side", config.tableSide())
            .with("width", config.width())
            .with("merged_width", 4 * config.width())
            .with("heads", config.heads())
            .with("layers", config.layers())
            .with("vit_eps", config.normEps())
            .with("first_layer", KelixTokLayout.FIRST_LAYER)
            .with("behind_layers", places.behindLayers())
            .with("projector", places.behindLayers() + 2)
            .with("down", places.quantisers() - 2)
            .with("quantisers", places.quantisers())
            .with("codes", config.codes())
            .with("code_width", config.codeWidth())
            .with("up", places.up())
            .with("mean", config.meanPooling())
            .with("beta", BETA);
    if (config.readOut()) {
      int block = config.blockSize();
      source =
          source
              .followedBy(KernelSource.resource(KelixTokNetwork.class, "read_out.ts"))
              .with("read_out", places.readOut())
              .with("block", block)
              .with("block_length", block * block * config.channels())
              .with("channels", config.channels());
    }
    return new KelixTokNetwork(config, places.parameters(), KernelModule.compile(engine, source));
  }

  /** The configuration. */
  public KelixTokConfig config() {
    return config;
  }

  /** Names, shapes and places of the trained parameters in the flat array. */
  public FlatLayout layout() {
    return layout;
  }

  /** The compiled kernels; methods and shapes stand in {@code tok.ts}. */
  public KernelModule kernels() {
    return kernels;
  }

  /**
   * A grid of patches on the device.
   *
   * @param size rows and columns, (2) int64
   * @param turns cosines and sines of the rotary embedding, (rows * columns, W/heads/2, 2)
   */
  public record Grid(Array size, Array turns) {}

  /**
   * Prepares a grid.
   *
   * @param rows of patches, even
   * @param columns of patches, even
   * @throws IllegalArgumentException when a side is odd, since 2x2 patches make a block
   */
  public Grid grid(Scope scope, int rows, int columns) {
    if (rows < 2 || columns < 2 || rows % 2 != 0 || columns % 2 != 0) {
      throw new IllegalArgumentException(
          "an image of " + rows + " x " + columns + " patches: want even numbers, at least 2");
    }
    int half = config.width() / config.heads() / 2;
    float[] turns = new float[rows * columns * half * 2];
    for (int patch = 0; patch < rows * columns; patch++) {
      for (int c = 0; c < half; c++) {
        int place = c < half / 2 ? patch / columns : patch % columns;
        int k = c % (half / 2);
        float angle = place / (float) Math.pow(config.ropeTheta(), 2.0 * k / half);
        turns[(patch * half + c) * 2] = (float) Math.cos(angle);
        turns[(patch * half + c) * 2 + 1] = (float) Math.sin(angle);
      }
    }
    return new Grid(
        scope.longs(new long[] {rows, columns}, 2),
        scope.floats(turns, (long) rows * columns, half, 2));
  }

  /** Patches (B, T, C p p) to merged cells (B, P, llm). */
  public Array encode(Scope scope, Array patches, Array flat, Grid grid) {
    return kernels.call(scope, "encode", patches, flat, grid.size(), grid.turns());
  }

  /**
   * What the quantisers make of merged cells.
   *
   * @param z slices (P, N, d)
   * @param normed u (P, N, d)
   * @param codebooks c (N, K, d)
   * @param indices (P, N) int64
   * @param chosen e (P, N, d)
   * @param straightThrough z_q (P, N, d): value of e, gradient of u
   */
  public record Quantised(
      Array z, Array normed, Array codebooks, Array indices, Array chosen, Array straightThrough) {}

  /** Quantises merged cells (P, llm); table is (N, K, init). */
  public Quantised quantise(Scope scope, Array merged, Array flat, Array table) {
    Array z = kernels.call(scope, "slices", merged, flat);
    Array normed = kernels.call(scope, "normed", z, flat);
    Array codebooks = kernels.call(scope, "codebooks", table, flat);
    Array indices = kernels.call(scope, "nearest", normed, codebooks);
    Array chosen = kernels.call(scope, "chosen", codebooks, indices);
    Array through = kernels.call(scope, "through", normed, chosen);
    return new Quantised(z, normed, codebooks, indices, chosen, through);
  }

  /**
   * The quantisers' losses.
   *
   * @param codebook pulls codes to the encoder, (N)
   * @param commitment pulls the encoder to the codes, (N)
   * @param total mean codebook loss + 0.25 mean commitment loss
   */
  public record VqLosses(Array codebook, Array commitment, Array total) {}

  /** The losses of quantised cells. */
  public VqLosses losses(Scope scope, Quantised quantised) {
    Array codebook = kernels.call(scope, "codebook_loss", quantised.normed(), quantised.chosen());
    Array commitment =
        kernels.call(scope, "commitment_loss", quantised.normed(), quantised.chosen());
    return new VqLosses(codebook, commitment, kernels.call(scope, "vq_loss", codebook, commitment));
  }

  /** Block embeddings (P, out) of quantised vectors (P, N, d). */
  public Array embeddings(Scope scope, Array vectors, Array flat) {
    try (Array each = kernels.call(scope, "up", vectors, flat)) {
      return kernels.call(scope, "pool", each);
    }
  }

  /** Block embeddings (P, out) of indices (P, N) alone. */
  public Array embeddingsOf(Scope scope, Array indices, Array flat, Array table) {
    Array codebooks = kernels.call(scope, "codebooks", table, flat);
    return embeddings(scope, kernels.call(scope, "chosen", codebooks, indices), flat);
  }

  /** Bytes (B, S, S, C) as (B, C, S, S) in [-1, 1]. */
  public Array values(Scope scope, Array bytes) {
    return kernels.call(scope, "values", bytes);
  }

  /** Patches (B, T, C p p) of images (B, C, S, S). */
  public Array cut(Scope scope, Array values) {
    return kernels.call(scope, "cut", values);
  }

  /** Cells (B, P, n) of equal images as rows (B P, n). */
  public Array flatten(Scope scope, Array cells) {
    return kernels.call(scope, "flatten", cells);
  }

  /** Indices (B, P N) of images as rows of blocks (B P, N). */
  public Array byBlock(Scope scope, Array indices) {
    return kernels.call(scope, "by_block", indices);
  }

  /** Pixels (P, C q q) in [-1, 1] that the read-out makes of block embeddings (P, out). */
  public Array readOut(Scope scope, Array embeds, Array flat) {
    return kernels.call(scope, "read_out", embeds, flat);
  }

  /** Bytes (B, S, S, C) of the read-out's pixels; side is blocks an image side. */
  public Array pictures(Scope scope, Array made, int side) {
    return kernels.call(scope, "pictures", made, scope.longs(new long[] {side}));
  }

  /** Mean squared error of the read-out's pixels to images (B, C, S, S) in [-1, 1]. */
  public Array pixelLoss(Scope scope, Array made, Array values) {
    return kernels.call(scope, "pixel_loss", made, kernels.call(scope, "block_pixels", values));
  }

  /** Sum of single values. */
  public Array sum(Scope scope, List<Array> terms) {
    return kernels.call(scope, "sum", terms);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
