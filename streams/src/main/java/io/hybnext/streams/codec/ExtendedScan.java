package io.hybnext.streams.codec;

/** The data of a grey sequential DCT scan with 12 bits (T.81 annex F). */
final class ExtendedScan {
  private static final int SIDE = 8;
  private static final int BLOCK = SIDE * SIDE;
  private static final float[] BASIS = basis();

  /** Place in the block of the coefficient that comes so-many-th. */
  private static final int[] ZIGZAG = zigzag();

  private final HuffmanJpeg.Frame frame;
  private final HuffmanTable direct;
  private final HuffmanTable alternating;
  private final int[] quantisation;
  private final int restartInterval;
  private final float[] coefficients = new float[BLOCK];
  private final float[] half = new float[BLOCK];

  ExtendedScan(
      HuffmanJpeg.Frame frame,
      HuffmanTable direct,
      HuffmanTable alternating,
      int[] quantisation,
      int restartInterval) {
    this.frame = frame;
    this.direct = direct;
    this.alternating = alternating;
    this.quantisation = quantisation;
    this.restartInterval = restartInterval;
  }

  private static float[] basis() {
    float[] table = new float[BLOCK];
    for (int x = 0; x < SIDE; x++) {
      for (int u = 0; u < SIDE; u++) {
        double scale = u == 0 ? Math.sqrt(1.0 / SIDE) : Math.sqrt(2.0 / SIDE);
        table[x * SIDE + u] = (float) (scale * Math.cos((2 * x + 1) * u * Math.PI / (2 * SIDE)));
      }
    }
    return table;
  }

  private static int[] zigzag() {
    int[] order = new int[BLOCK];
    int next = 0;
    for (int diagonal = 0; diagonal < 2 * SIDE - 1; diagonal++) {
      for (int i = 0; i <= diagonal; i++) {
        int row = diagonal % 2 == 0 ? diagonal - i : i;
        int column = diagonal - row;
        if (row < SIDE && column < SIDE) {
          order[next++] = row * SIDE + column;
        }
      }
    }
    return order;
  }

  /** Reads all blocks into the frame's samples. */
  void read(JpegBits bits, int[] samples) {
    int across = (frame.width() + SIDE - 1) / SIDE;
    int down = (frame.height() + SIDE - 1) / SIDE;
    int previous = 0;
    for (int block = 0; block < across * down; block++) {
      if (restartInterval > 0 && block > 0 && block % restartInterval == 0) {
        bits.restart();
        previous = 0;
      }
      previous = coefficients(bits, previous);
      place(samples, block % across * SIDE, block / across * SIDE);
    }
  }

  /** Reads a block's coefficients; returns its direct one. */
  private int coefficients(JpegBits bits, int previous) {
    java.util.Arrays.fill(coefficients, 0);
    int category = direct.next(bits);
    if (category > 15) {
      throw HuffmanTable.damaged("a coefficient has more than 15 bits");
    }
    int first = previous + bits.signed(category);
    coefficients[0] = (float) first * quantisation[0];
    for (int i = 1; i < BLOCK; i++) {
      int code = alternating.next(bits);
      int size = code & 0xF;
      int run = code >>> 4;
      if (size == 0 && run < 15) {
        break; // nothing but zeros up to the end
      }
      i += run;
      if (i >= BLOCK) {
        throw HuffmanTable.damaged("a block has more than 64 coefficients");
      }
      coefficients[ZIGZAG[i]] = (float) bits.signed(size) * quantisation[i];
    }
    return first;
  }

  private void place(int[] samples, int left, int top) {
    for (int row = 0; row < SIDE; row++) {
      for (int x = 0; x < SIDE; x++) {
        half[row * SIDE + x] = product(coefficients, row * SIDE, 1, x);
      }
    }
    int greatest = (1 << frame.bits()) - 1;
    for (int y = 0; y < SIDE && top + y < frame.height(); y++) {
      for (int x = 0; x < SIDE && left + x < frame.width(); x++) {
        int value = Math.round(product(half, x, SIDE, y)) + (greatest + 1) / 2;
        samples[(top + y) * frame.width() + left + x] = Math.max(0, Math.min(greatest, value));
      }
    }
  }

  private static float product(float[] values, int from, int stride, int position) {
    float sum = 0;
    for (int u = 0; u < SIDE; u++) {
      sum += values[from + u * stride] * BASIS[position * SIDE + u];
    }
    return sum;
  }
}
