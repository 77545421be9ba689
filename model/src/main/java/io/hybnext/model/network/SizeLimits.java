package io.hybnext.model.network;

/**
 * Upper bounds of sizes, far beyond any released network: they keep a damaged configuration from
 * asking for all memory before its weights are looked at.
 */
public final class SizeLimits {
  /** Blocks of a transformer. */
  public static final int MOST_BLOCKS = 1024;

  /** Width of a residual stream. */
  public static final int WIDEST = 1 << 16;

  /** Width of a feed-forward layer. */
  public static final int WIDEST_INNER = 16 * WIDEST;

  /** Rows of a table of embeddings. */
  public static final int MOST_SYMBOLS = 1 << 22;

  /** Pixels of a side. */
  public static final int LARGEST_IMAGE = 1 << 14;

  /** Levels of a convolutional network, each with half the grid of the one before. */
  public static final int MOST_LEVELS = 12;

  private SizeLimits() {}

  /** Whether a value is at least 1 and at most a bound. */
  public static boolean within(int value, int most) {
    return value >= 1 && value <= most;
  }

  /**
   * Elements of one flat array after another parameter.
   *
   * @throws IllegalArgumentException when they would be more than an array can hold
   */
  public static int flatLength(String parameter, int offset, Iterable<? extends Number> shape) {
    long length = 1;
    for (Number n : shape) {
      boolean fits = n.longValue() >= 0 && n.longValue() <= Integer.MAX_VALUE;
      length = fits ? length * n.longValue() : Long.MAX_VALUE;
      if (length > Integer.MAX_VALUE - offset) {
        throw new IllegalArgumentException(
            "the sizes are too large: with "
                + parameter
                + shape
                + " a block of the network has"
                + " more than "
                + Integer.MAX_VALUE
                + " parameters");
      }
    }
    return offset + (int) length;
  }
}
