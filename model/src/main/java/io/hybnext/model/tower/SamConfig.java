package io.hybnext.model.tower;

import java.util.List;

/**
 * Sizes of the image encoder of segment-anything.
 *
 * @param width of the tokens
 * @param depth blocks
 * @param heads of the attention; divides the width
 * @param mlpWidth of the feed-forward layers
 * @param imageSize side of the input, pixels
 * @param patch side of a patch; divides the image size
 * @param window side of the windows, tokens
 * @param globalBlocks blocks that attend to the whole grid, counted from 0
 * @param outputChannels of the neck
 */
public record SamConfig(
    int width,
    int depth,
    int heads,
    int mlpWidth,
    int imageSize,
    int patch,
    int window,
    List<Integer> globalBlocks,
    int outputChannels) {
  /**
   * Sums of a band and a head, at most: 16 rows of a grid of 64, 201 MB with 12 heads. With fewer
   * than 768 queries at a time libtorch works in smaller blocks and takes 1.5 times as long.
   */
  private static final long BAND_SUMS = 1L << 22;

  /** Checks that heads and patches divide. */
  public SamConfig {
    globalBlocks = List.copyOf(globalBlocks);
    TowerSizes.check(width, heads, depth, mlpWidth);
    TowerSizes.checkImage(imageSize, patch);
    if (outputChannels < 1 || window < 1) {
      throw new IllegalArgumentException(
          "output_channels = "
              + outputChannels
              + " and window_size = "
              + window
              + ": want at least 1");
    }
    int blocks = depth;
    if (globalBlocks.stream().anyMatch(block -> block < 0 || block >= blocks)) {
      throw new IllegalArgumentException(
          "global_attn_indexes = " + globalBlocks + ": want numbers from 0 to " + (depth - 1));
    }
  }

  /** SAM and MedSAM with ViT-B. */
  public static SamConfig base() {
    return new SamConfig(768, 12, 12, 3072, 1024, 16, 14, List.of(2, 5, 8, 11), 256);
  }

  /** Side of the grid of tokens. */
  public int grid() {
    return imageSize / patch;
  }

  /** Whether a block attends to the whole grid. */
  boolean global(int block) {
    return globalBlocks.contains(block);
  }

  /** Windows along a side of the grid, the last one padded. */
  int windows() {
    return (grid() + window - 1) / window;
  }

  /** Bands of grid rows in which the queries of a global block go; divides the grid. */
  int bands() {
    return bands(BAND_SUMS);
  }

  /** Bands whose sums, of one head, stay below a number. */
  int bands(long mostSums) {
    long side = grid();
    int bands = 1;
    while (bands < side && (side % bands != 0 || side / bands * side * side * side > mostSums)) {
      bands++;
    }
    return bands;
  }
}
