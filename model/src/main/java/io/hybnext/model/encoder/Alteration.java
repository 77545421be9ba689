package io.hybnext.model.encoder;

import io.hybnext.gpu.CounterRandom;

/**
 * What can be done to an image that a network for judging pictures should notice: it learns to name
 * it beside the labels. Without this it sees little but what tells hospitals apart, and takes a
 * mosaic of plausible patches for a plausible image.
 */
enum Alteration {
  NONE,
  UPSIDE_DOWN,
  QUARTER_LEFT,
  QUARTER_RIGHT,
  SHUFFLED,
  BLURRED,
  NOISY,
  FOREIGN_HALF;

  private static final int PATCHES = 8;
  private static final int BLUR = 4;
  private static final double NOISE = 40;

  /** One of them by chance: {@link #NONE} for half of the images. */
  static Alteration draw(long key) {
    if (CounterRandom.uniform(key, 0) < 0.5f) {
      return NONE;
    }
    return values()[1 + (int) (CounterRandom.uniform(key, 1) * (values().length - 1))];
  }

  /**
   * A changed copy.
   *
   * @param image side * side unsigned bytes
   * @param other another image of the same size
   */
  byte[] apply(byte[] image, byte[] other, int side, long key) {
    byte[] out = new byte[image.length];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        out[y * side + x] = (byte) pixel(image, other, side, x, y, key);
      }
    }
    return out;
  }

  private int pixel(byte[] image, byte[] other, int side, int x, int y, long key) {
    int last = side - 1;
    return switch (this) {
      case NONE -> at(image, side, x, y);
      case UPSIDE_DOWN -> at(image, side, last - x, last - y);
      case QUARTER_LEFT -> at(image, side, last - y, x);
      case QUARTER_RIGHT -> at(image, side, y, last - x);
      case SHUFFLED -> shuffled(image, side, x, y, key);
      case BLURRED -> blurred(image, side, x, y);
      case NOISY -> noisy(at(image, side, x, y), key, y * side + x);
      case FOREIGN_HALF -> at(x < side / 2 ? image : other, side, x, y);
    };
  }

  private static int at(byte[] image, int side, int x, int y) {
    return image[y * side + x] & 0xff;
  }

  /**
   * Every patch comes from somewhere else: rows and columns of patches are turned round by chance.
   */
  private static int shuffled(byte[] image, int side, int x, int y, long key) {
    int patch = side / PATCHES;
    int column = x / patch;
    int row = y / patch;
    int fromRow = Math.floorMod(row + word(key, 100 + column), PATCHES);
    int fromColumn = Math.floorMod(column + word(key, 200 + fromRow), PATCHES);
    return at(image, side, fromColumn * patch + x % patch, fromRow * patch + y % patch);
  }

  private static int word(long key, int index) {
    return (int) (CounterRandom.word(key, index) >>> 40);
  }

  /** Mean over a square around the pixel. */
  private static int blurred(byte[] image, int side, int x, int y) {
    int sum = 0;
    int count = 0;
    for (int j = Math.max(0, y - BLUR); j <= Math.min(side - 1, y + BLUR); j += 2) {
      for (int i = Math.max(0, x - BLUR); i <= Math.min(side - 1, x + BLUR); i += 2) {
        sum += at(image, side, i, j);
        count++;
      }
    }
    return sum / count;
  }

  private static int noisy(int value, long key, int index) {
    double noise = (CounterRandom.uniform(key, 1000L + index) - 0.5) * 2 * NOISE;
    return (int) Math.max(0, Math.min(255, value + noise));
  }
}
