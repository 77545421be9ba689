package io.hybnext.streams.dicom;

import io.hybnext.image.Image;

/**
 * Stored values to 8 bits (PS3.3 C.11.1, C.11.2): rescale or the modality's lookup table, then the
 * first window of the file, or its first VOI lookup table. Without either, values of up to 8 bits
 * keep their range and wider ones are stretched from the image's least to its greatest value, as
 * 16-bit PNG files are. MONOCHROME1 is inverted, padding is black.
 *
 * @param modality table that stands for the rescale; null for none
 * @param voi table that stands for a window; null for none
 * @param slope of the rescale
 * @param intercept of the rescale
 * @param center of the window
 * @param width of the window; 0 for none
 * @param function of the window
 * @param padding stored value of pixels that show nothing; -1 for none
 */
record Rendering(
    LookupTable modality,
    LookupTable voi,
    double slope,
    double intercept,
    double center,
    double width,
    Function function,
    int padding) {
  private static final int WHITE = 255;
  private static final int CELLS = 1 << 16;

  /** VOI LUT functions (PS3.3 C.11.2.1.3). */
  enum Function {
    LINEAR,
    LINEAR_EXACT,
    SIGMOID
  }

  static Rendering of(DicomHeader header, DicomImage image) {
    double slope = header.decimal(DicomTag.RESCALE_SLOPE, 1);
    double width = header.decimal(DicomTag.WINDOW_WIDTH, 0);
    Function function = function(header.text(DicomTag.VOI_LUT_FUNCTION));
    boolean possible = function == Function.LINEAR ? width >= 1 : width > 0;
    boolean centered = header.text(DicomTag.WINDOW_CENTER) != null;
    int padding = header.number(DicomTag.PIXEL_PADDING_VALUE, -1);
    boolean grey = image.samples() == 1;
    double intercept = header.decimal(DicomTag.RESCALE_INTERCEPT, 0);
    LookupTable modality =
        grey ? header.table(DicomTag.MODALITY_LUT_SEQUENCE, image.signed()) : null;
    boolean belowZero = modality == null && (image.signed() || intercept < 0 || slope < 0);
    return new Rendering(
        modality,
        grey ? header.table(DicomTag.VOI_LUT_SEQUENCE, belowZero) : null,
        slope == 0 ? 1 : slope,
        intercept,
        header.decimal(DicomTag.WINDOW_CENTER, 0),
        possible && centered ? width : 0,
        function,
        padding < 0 ? -1 : image.value(padding) & 0xFFFF);
  }

  private static Function function(String text) {
    for (Function known : Function.values()) {
      if (known.name().equals(text)) {
        return known;
      }
    }
    return Function.LINEAR; // the standard's default
  }

  Image render(StoredPixels pixels) {
    DicomImage image = pixels.image();
    byte[] rendered = image.samples() == 3 ? colours(pixels) : grey(pixels.values(), table(pixels));
    return new Image(image.columns(), image.rows(), image.samples(), rendered);
  }

  private static byte[] grey(short[] values, byte[] table) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = table[values[i] & 0xFFFF];
    }
    return pixels;
  }

  /** The grey of every value that a cell can hold. */
  private byte[] table(StoredPixels pixels) {
    DicomImage image = pixels.image();
    double least = 0;
    double range = (1 << image.bitsStored()) - 1;
    if (isStretched(image)) {
      double[] extremes = extremes(pixels);
      least = extremes[0];
      range = Math.max(1, extremes[1] - extremes[0]);
    }
    boolean falls = width == 0 && voi == null && modality == null && slope < 0;
    byte[] table = new byte[CELLS];
    for (int cell = 0; cell < CELLS; cell++) {
      int value = image.signed() ? (short) cell : cell;
      double grey = shown(value, least, range);
      int level = (int) Math.round(Math.max(0, Math.min(1, grey)) * WHITE);
      table[cell] = (byte) (cell == padding ? 0 : image.inverted() ^ falls ? WHITE - level : level);
    }
    return table;
  }

  /** Neither window nor table says which values are black and white. */
  private boolean isStretched(DicomImage image) {
    boolean wide = image.bitsStored() > 8 || image.signed() || modality != null;
    return width == 0 && voi == null && wide;
  }

  private double shown(int value, double least, double range) {
    if (width > 0) {
      return windowed(rescaled(value));
    }
    if (voi != null) {
      return voi.share(rescaled(value));
    }
    return ((modality == null ? value : modality.at(value)) - least) / range;
  }

  private double rescaled(int value) {
    return modality == null ? slope * value + intercept : modality.at(value);
  }

  private double windowed(double value) {
    return switch (function) {
      case LINEAR ->
          width == 1
              ? (value <= center - 0.5 ? 0 : 1)
              : (value - (center - 0.5)) / (width - 1) + 0.5;
      case LINEAR_EXACT -> (value - center) / width + 0.5;
      case SIGMOID -> 1 / (1 + Math.exp(-4 * (value - center) / width));
    };
  }

  private double[] extremes(StoredPixels pixels) {
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    for (int i = 0; i < pixels.values().length; i++) {
      if ((pixels.values()[i] & 0xFFFF) != padding) {
        int value = modality == null ? pixels.value(i) : modality.at(pixels.value(i));
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
    }
    return new double[] {least, most};
  }

  private static byte[] colours(StoredPixels pixels) {
    short[] values = pixels.values();
    byte[] colours = new byte[values.length];
    if (!DicomDecoder.isYbr(pixels.image())) {
      for (int i = 0; i < values.length; i++) {
        colours[i] = (byte) values[i];
      }
      return colours;
    }
    for (int i = 0; i < values.length; i += 3) { // ITU-R BT.601, as in JFIF
      double y = values[i];
      double blue = values[i + 1] - 128;
      double red = values[i + 2] - 128;
      colours[i] = level(y + 1.402 * red);
      colours[i + 1] = level(y - 0.344136 * blue - 0.714136 * red);
      colours[i + 2] = level(y + 1.772 * blue);
    }
    return colours;
  }

  private static byte level(double value) {
    return (byte) Math.max(0, Math.min(WHITE, Math.round(value)));
  }
}
