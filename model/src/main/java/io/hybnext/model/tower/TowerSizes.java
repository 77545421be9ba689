package io.hybnext.model.tower;

import static io.hybnext.model.network.SizeLimits.LARGEST_IMAGE;
import static io.hybnext.model.network.SizeLimits.MOST_BLOCKS;
import static io.hybnext.model.network.SizeLimits.WIDEST;
import static io.hybnext.model.network.SizeLimits.WIDEST_INNER;
import static io.hybnext.model.network.SizeLimits.within;

/** Rules that the sizes of all towers obey. */
final class TowerSizes {
  private TowerSizes() {}

  /** Checks what every transformer has. */
  static void check(int width, int heads, int depth, int mlpWidth) {
    if (!within(width, WIDEST) || heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "hidden_size = "
              + width
              + ": want a multiple of num_attention_heads = "
              + heads
              + ", at most "
              + WIDEST);
    }
    if (!within(depth, MOST_BLOCKS) || !within(mlpWidth, WIDEST_INNER)) {
      throw new IllegalArgumentException(
          "num_hidden_layers = "
              + depth
              + " and intermediate_size = "
              + mlpWidth
              + ": want 1 to "
              + MOST_BLOCKS
              + " and 1 to "
              + WIDEST_INNER);
    }
  }

  /** Checks what every vision transformer has. */
  static void checkImage(int imageSize, int patch) {
    if (patch < 1 || imageSize < patch || imageSize > LARGEST_IMAGE || imageSize % patch != 0) {
      throw new IllegalArgumentException(
          "image_size = "
              + imageSize
              + ": want a multiple of patch_size = "
              + patch
              + ", at most "
              + LARGEST_IMAGE);
    }
  }
}
