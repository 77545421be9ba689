package io.hybnext.streams.codec;

/** The data of a lossless scan: every sample is predicted from its neighbours (T.81 annex H). */
final class LosslessScan {
  private static final int MASK = 0xFFFF;

  private final HuffmanJpeg.Frame frame;
  private final int[] components;
  private final HuffmanTable[] tables;
  private final int predictor;
  private final int shift;
  private final int restartRows;

  /**
   * A scan.
   *
   * @param components of the frame that take part, in order
   * @param tables of each
   * @param predictor 1 to 7 (T.81 table H.1)
   * @param shift point transform: low bits that are not coded
   * @param restartInterval pixels between restart markers; 0 for none
   */
  LosslessScan(
      HuffmanJpeg.Frame frame,
      int[] components,
      HuffmanTable[] tables,
      int predictor,
      int shift,
      int restartInterval) {
    this.frame = frame;
    this.components = components;
    this.tables = tables;
    this.predictor = predictor;
    this.shift = shift;
    boolean known = predictor >= 1 && predictor <= 7 && frame.bits() >= 2 && frame.bits() <= 16;
    if (!known || shift >= frame.bits() || restartInterval % frame.width() != 0) {
      throw HuffmanTable.damaged("its lossless scan has parameters that do not exist");
    }
    for (HuffmanTable table : tables) {
      if (table == null) {
        throw HuffmanTable.damaged("a table that its data need is missing");
      }
    }
    restartRows = restartInterval / frame.width();
  }

  /** Reads all rows into the frame's samples, pixel by pixel. */
  void read(JpegBits bits, int[] samples) {
    int firstRow = 0;
    for (int y = 0; y < frame.height(); y++) {
      if (restartRows > 0 && y > 0 && y % restartRows == 0) {
        bits.restart();
        firstRow = y;
      }
      for (int x = 0; x < frame.width(); x++) {
        for (int i = 0; i < components.length; i++) {
          int at = (y * frame.width() + x) * frame.components() + components[i];
          int value = prediction(samples, at, x, y == firstRow) + difference(bits, tables[i]);
          samples[at] = value & MASK;
        }
      }
    }
    for (int i = 0; shift > 0 && i < samples.length; i++) {
      for (int component : components) {
        samples[i] <<= i % frame.components() == component ? shift : 0;
      }
    }
  }

  private static int difference(JpegBits bits, HuffmanTable table) {
    int category = table.next(bits);
    if (category > 16) {
      throw HuffmanTable.damaged("a difference has more than 16 bits");
    }
    return category == 16 ? 1 << 15 : bits.signed(category);
  }

  private int prediction(int[] samples, int at, int x, boolean firstRow) {
    int left = frame.components();
    int above = left * frame.width();
    if (firstRow) {
      return x == 0 ? 1 << (frame.bits() - shift - 1) : samples[at - left];
    } else if (x == 0) {
      return samples[at - above];
    }
    int a = samples[at - left];
    int b = samples[at - above];
    int c = samples[at - above - left];
    return switch (predictor) {
      case 1 -> a;
      case 2 -> b;
      case 3 -> c;
      case 4 -> a + b - c;
      case 5 -> a + ((b - c) >> 1);
      case 6 -> b + ((a - c) >> 1);
      default -> (a + b) >> 1;
    };
  }
}
