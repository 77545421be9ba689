package io.hybnext.streams.image;

import io.hybnext.image.Image;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * Stored samples of a decoded {@link BufferedImage} as 8-bit grey or RGB. Java's own conversion
 * would apply its linear grey colour space and change the values; this one does not.
 */
final class RasterPixels {
  private static final int WHITE = 255;

  private RasterPixels() {}

  static Image toImage(BufferedImage decoded) {
    Raster raster = decoded.getRaster();
    if (decoded.getColorModel() instanceof IndexColorModel palette) {
      return palette(raster, palette);
    }
    int bands = raster.getNumBands();
    boolean alpha = bands == 2 || bands == 4;
    int channels = alpha ? bands - 1 : bands;
    if (bands > 4) {
      throw new IllegalArgumentException(bands + " samples a pixel");
    }
    boolean wide = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT;
    byte[] direct = bands == 1 && !wide ? directBytes(raster) : null;
    if (direct != null) {
      return new Image(raster.getWidth(), raster.getHeight(), 1, direct);
    }
    return samples(raster, channels, alpha, raster.getSampleModel().getSampleSize(0));
  }

  private static byte[] directBytes(Raster raster) {
    boolean dense =
        raster.getSampleModel() instanceof PixelInterleavedSampleModel layout
            && layout.getScanlineStride() == raster.getWidth()
            && raster.getDataBuffer() instanceof DataBufferByte buffer
            && buffer.getOffset() == 0
            && buffer.getData().length == raster.getWidth() * raster.getHeight();
    return dense ? ((DataBufferByte) raster.getDataBuffer()).getData() : null;
  }

  private static Image samples(Raster raster, int channels, boolean alpha, int bits) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    int greatest = (1 << bits) - 1;
    int least = 0;
    int range = greatest;
    int[] row = new int[width * bands];
    if (bits > 8 && channels == 1) {
      int[] extremes = extremes(raster, row);
      least = extremes[0];
      range = Math.max(1, extremes[1] - extremes[0]);
    }
    byte[] pixels = new byte[width * height * channels];
    int to = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int from = 0; from < row.length; from += bands) {
        for (int channel = 0; channel < channels; channel++) {
          int value = ((row[from + channel] - least) * WHITE + range / 2) / range;
          pixels[to++] = (byte) (alpha ? onWhite(value, row[from + channels], greatest) : value);
        }
      }
    }
    return new Image(width, height, channels, pixels);
  }

  /** Least and greatest first sample. */
  private static int[] extremes(Raster raster, int[] row) {
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    int bands = raster.getNumBands();
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int i = 0; i < row.length; i += bands) {
        least = Math.min(least, row[i]);
        most = Math.max(most, row[i]);
      }
    }
    return new int[] {least, most};
  }

  /** On white, truncated, in the very steps of Chameleon's image tokenizer; others do not blend. */
  private static int onWhite(int value, int alpha, int opaque) {
    double share = (double) alpha / opaque;
    return (int) ((1 - share) * WHITE + share * value);
  }

  /** Grey if every colour of the palette is. */
  private static Image palette(Raster raster, IndexColorModel palette) {
    int size = palette.getMapSize();
    int[] colours = new int[size];
    palette.getRGBs(colours);
    byte[] table = new byte[size * 3];
    boolean grey = true;
    for (int i = 0; i < size; i++) {
      int alpha = colours[i] >>> 24;
      for (int channel = 0; channel < 3; channel++) {
        int value = (colours[i] >> (16 - 8 * channel)) & 0xFF;
        table[i * 3 + channel] = (byte) onWhite(value, alpha, 255);
      }
      grey &= table[i * 3] == table[i * 3 + 1] && table[i * 3] == table[i * 3 + 2];
    }
    return lookUp(raster, table, grey ? 1 : 3);
  }

  private static Image lookUp(Raster raster, byte[] table, int channels) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] pixels = new byte[width * height * channels];
    int[] row = new int[width];
    int to = 0;
    for (int y = 0; y < height; y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int index : row) {
        for (int channel = 0; channel < channels; channel++) {
          pixels[to++] = table[index * 3 + channel]; // an index beyond the palette throws: damage
        }
      }
    }
    return new Image(width, height, channels, pixels);
  }
}
