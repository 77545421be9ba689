package io.hybnext.model.tower;

/**
 * Rules that the sizes of all towers obey. The upper bounds lie far beyond any released network:
 * they keep a damaged configuration from asking for all memory before its weights are looked at.
 */
final class TowerSizes {
  private static final int MOST_BLOCKS = 1024;
  private static final int WIDEST = 1 << 16;
  private static final int LARGEST_IMAGE = 1 << 14;

  private TowerSizes() {}

  /** Checks what every transformer has. */
  static void check(int width, int heads, int depth, int mlpWidth) {
    if (width < 1 || width > WIDEST || heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "hidden_size = "
              + width
              + ": want a multiple of num_attention_heads = "
              + heads
              + ", at most "
              + WIDEST);
    }
    if (depth < 1 || depth > MOST_BLOCKS || mlpWidth < 1 || mlpWidth > 16 * WIDEST) {
      throw new IllegalArgumentException(
          "num_hidden_layers = "
              + depth
              + " and intermediate_size = "
              + mlpWidth
              + ": want 1 to "
              + MOST_BLOCKS
              + " and 1 to "
              + 16 * WIDEST);
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
