package io.hybnext.model.kelix;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.KernelModule;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.RandomStreams;
import io.hybnext.model.sampling.SamplingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Draws images block by block with cached keys and values. What the grammar knows is not drawn:
 * markers are set, and slot j gives a code of sub-codebook j. Symbols of a block are sampled inside
 * the chain, so each sees those before it. B = images, N = codes a block. Used by one thread at a
 * time.
 */
public final class BlockSampler implements AutoCloseable {
  private final TorchEngine engine;
  private final NbpConfig config;
  private final BlockGrammar grammar;
  private final Precision computed;
  private final KernelModule kernels;

  /** Compiles the kernels of a network. */
  public BlockSampler(
      TorchEngine engine, NbpConfig config, BlockGrammar grammar, Precision precision) {
    this.engine = engine;
    this.config = config;
    this.grammar = grammar;
    this.computed = engine.arithmetic(precision);
    this.kernels = BlockReader.compile(engine, config, precision, computed);
  }

  /** Told after every row of blocks; may throw to give up. */
  @FunctionalInterface
  public interface Progress {
    /** {@code done} of {@code total} blocks of every image are there. */
    void blocks(int done, int total);
  }

  /**
   * Draws a batch of images. An image depends on weights, caption, settings, seed and sample
   * number, not on its batch, but for the rounding of products of other sizes.
   *
   * @param captions one an image
   * @param seed of the noise
   * @param samples number of each image; equal numbers draw equal noise
   * @return (B) codes, block by block in raster order, each from 0
   * @throws IllegalArgumentException for guidance that ends early, which blocks do not have
   */
  public int[][] generate(
      ModelWeights weights,
      List<String> captions,
      SamplingSettings settings,
      long seed,
      long[] samples,
      Progress progress) {
    if (samples.length != captions.size() || samples.length == 0) {
      throw new IllegalArgumentException(
          samples.length + " sample numbers for " + captions.size() + " captions");
    }
    if (settings.cfgInterval() >= 0) {
      throw new IllegalArgumentException(
          "sampling.cfg-interval = " + settings.cfgInterval() + ": want -1 with a block model");
    }
    List<int[][]> prompts = new ArrayList<>();
    captions.forEach(caption -> prompts.add(grammar.prompt(caption)));
    if (settings.guides()) {
      captions.forEach(caption -> prompts.add(grammar.prompt("")));
    }
    try (Scope scope = engine.openScope("sampling")) {
      return new Run(scope, weights, prompts, settings, seed, samples).draw(progress);
    }
  }

  @Override
  public void close() {
    kernels.close();
  }

  /** One batch being drawn. */
  private final class Run {
    private final SamplingSettings settings;
    private final long seed;
    private final long[] samples;
    private final BlockReader reader;
    private final BlockReader.Draw draw;
    private final List<int[][]> opening = new ArrayList<>();

    Run(
        Scope scope,
        ModelWeights weights,
        List<int[][]> prompts,
        SamplingSettings settings,
        long seed,
        long[] samples) {
      this.settings = settings;
      this.seed = seed;
      this.samples = samples;
      this.draw = new BlockReader.Draw(settings, settings.guides(), true);
      int longest = prompts.stream().mapToInt(rows -> rows.length).max().orElseThrow();
      int[] padding = prompts.stream().mapToInt(rows -> longest - rows.length).toArray();
      for (int row = 0; row < padding.length; row++) {
        opening.add(padded(prompts.get(row), padding[row]));
      }
      int grid = grammar.gridSize();
      int length = longest + grid * grid;
      for (int row = 0; row < grid; row++) {
        length += grammar.rowMarker(row).length;
      }
      this.reader = new BlockReader(scope, config, kernels, weights, computed, padding, length);
    }

    /** Filled up on the left with blocks of nothing, which nobody sees. */
    private int[][] padded(int[][] rows, int padding) {
      int[][] all = new int[padding + rows.length][];
      for (int i = 0; i < padding; i++) {
        all[i] = grammar.filled();
      }
      System.arraycopy(rows, 0, all, padding, rows.length);
      return all;
    }

    int[][] draw(Progress progress) {
      int grid = grammar.gridSize();
      int codes = config.codes();
      int[][] images = new int[samples.length][grammar.codesPerImage()];
      List<int[][]> fresh = opening;
      for (int block = 0; block < grid * grid; block++) {
        if (block % grid == 0) {
          progress.blocks(block, grid * grid);
          fresh = behind(fresh, grammar.rowMarker(block / grid));
        }
        try (Array states = reader.read(fresh)) {
          long[] drawn = reader.draw(states, words(block), draw);
          for (int image = 0; image < images.length; image++) {
            for (int j = 0; j < codes; j++) {
              images[image][block * codes + j] = (int) drawn[image * codes + j];
            }
          }
        }
        fresh = blocks(images, block);
      }
      progress.blocks(grid * grid, grid * grid);
      return images;
    }

    /** Every row followed by the same ones. */
    private List<int[][]> behind(List<int[][]> rows, int[][] marker) {
      List<int[][]> longer = new ArrayList<>();
      for (int[][] row : rows) {
        int[][] all = Arrays.copyOf(row, row.length + marker.length);
        System.arraycopy(marker, 0, all, row.length, marker.length);
        longer.add(all);
      }
      return longer;
    }

    private List<int[][]> blocks(int[][] images, int block) {
      List<int[][]> rows = new ArrayList<>();
      for (int row = 0; row < opening.size(); row++) {
        int[] image = images[row % images.length];
        rows.add(new int[][] {grammar.visualRow(image, block * config.codes())});
      }
      return rows;
    }

    /** (N)(B): word i of a sample's row decides its code i. */
    private long[] words(int block) {
      int codes = config.codes();
      long[] all = new long[codes * samples.length];
      for (int image = 0; image < samples.length && !settings.greedy(); image++) {
        long key = CounterRandom.key(seed, RandomStreams.SAMPLING, 0, samples[image]);
        for (int j = 0; j < codes; j++) {
          all[j * samples.length + image] = CounterRandom.word(key, (long) block * codes + j);
        }
      }
      return all;
    }
  }
}
