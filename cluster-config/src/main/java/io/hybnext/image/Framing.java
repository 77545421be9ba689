package io.hybnext.image;

/**
 * How an image becomes the pixels that a network takes: scaled by a rule, and the centre cut out
 * where the rule says so. Each rule is that of one library, rounding included; together with {@link
 * Resampling} the bytes equal that library's on Pillow images.
 *
 * @param rule which side decides the size, and where the cut lies
 * @param size side of the square that the network takes, pixels
 * @param filter of the scaling; {@link Rule#CENTRE_SQUARE} halves with {@link Resampling#BOX} first
 */
public record Framing(Rule rule, int size, Resampling filter) {
  private static final double HALF = 0.5;

  /** Rules of scaling and cutting. */
  public enum Rule {
    /** LlamaGen's and Chameleon's: {@link CenterCrop}. */
    CENTRE_SQUARE(true),
    /**
     * Shortest side to the size, the other truncated; centre, its offset rounded down
     * (transformers, {@code CLIPImageProcessor}).
     */
    SHORTEST_SIDE_FLOOR(true),
    /**
     * Shortest side to the size, the other truncated; centre, its offset rounded to the nearest,
     * half to even (torchvision, so open_clip too).
     */
    SHORTEST_SIDE_ROUND(true),
    /**
     * Longest side to the size, the other rounded half up, nothing cut (segment-anything): the
     * network pads its pixels on the right and below.
     */
    LONGEST_SIDE(false);

    private final boolean square;

    Rule(boolean square) {
      this.square = square;
    }

    /** Whether every result is a square of the size. */
    public boolean square() {
      return square;
    }
  }

  /** Checks the values. */
  public Framing {
    if (size < 1) {
      throw new IllegalArgumentException("framing to " + size + " pixels: want at least 1");
    }
    if (rule == Rule.CENTRE_SQUARE && filter != Resampling.BICUBIC) {
      throw new IllegalArgumentException("centre squares are scaled BICUBIC, not " + filter);
    }
  }

  /** LlamaGen's preparation of training images. */
  public static Framing centreSquare(int size) {
    return new Framing(Rule.CENTRE_SQUARE, size, Resampling.BICUBIC);
  }

  /**
   * The image as the network takes it; the argument itself when it fits already.
   *
   * @param image of any size and number of channels
   */
  public Image apply(Image image) {
    if (rule.square && image.width() == size && image.height() == size) {
      return image;
    }
    if (rule == Rule.CENTRE_SQUARE) {
      byte[] pixels =
          CenterCrop.square(image.pixels(), image.width(), image.height(), image.channels(), size);
      return new Image(size, size, image.channels(), pixels);
    }
    Image scaled = scaled(image);
    return rule.square ? centre(scaled) : scaled;
  }

  /**
   * The image after scaling, before anything is cut; not for {@link Rule#CENTRE_SQUARE}, which
   * scales in several steps.
   */
  public Image scaled(Image image) {
    int width = side(image.width(), image.height());
    int height = side(image.height(), image.width());
    byte[] pixels =
        filter.resize(
            image.pixels(), image.width(), image.height(), image.channels(), width, height);
    return new Image(width, height, image.channels(), pixels);
  }

  /** Scaled length of a side, given the other one. */
  private int side(int length, int other) {
    if (rule == Rule.LONGEST_SIDE) {
      double scale = (double) size / Math.max(length, other);
      return Math.max(1, (int) (length * scale + HALF)); // a line of pixels would vanish
    }
    return length <= other ? size : (int) ((double) ((long) size * length) / other);
  }

  private Image centre(Image image) {
    int left = offset(image.width() - size);
    int top = offset(image.height() - size);
    byte[] pixels =
        CenterCrop.cut(image.pixels(), image.width(), image.channels(), left, top, size, size);
    return new Image(size, size, image.channels(), pixels);
  }

  private int offset(int excess) {
    return rule == Rule.SHORTEST_SIDE_FLOOR ? excess / 2 : (int) Math.rint(excess * HALF);
  }
}
