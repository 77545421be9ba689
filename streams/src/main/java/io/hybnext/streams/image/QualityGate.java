package io.hybnext.streams.image;

import io.hybnext.image.Image;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;

/**
 * The rules an image has to keep to be stored. Those on size and shape are checked on the header,
 * before anything is decoded.
 *
 * @param maxFileBytes longest file
 * @param minSide least width and height, pixels
 * @param maxPixels most pixels, width times height; guards against decompression bombs
 * @param maxAspect greatest ratio of the longer to the shorter side
 * @param minDeviation least standard deviation of the pixel values (0 to 127.5): below it the image
 *     counts as blank
 */
public record QualityGate(
    long maxFileBytes, int minSide, long maxPixels, double maxAspect, double minDeviation) {

  /** Limits that real radiographs of up to 8192 x 8192 pixels keep. */
  public static final QualityGate DEFAULT = new QualityGate(256L << 20, 32, 1L << 26, 3.0, 1.0);

  /** Checks the limits themselves. */
  public QualityGate {
    check(maxFileBytes > 0, "max-file-bytes", maxFileBytes, "at least 1");
    check(minSide > 0, "min-side", minSide, "at least 1 pixel");
    check(maxPixels > 0 && maxPixels <= 1L << 28, "max-pixels", maxPixels, "1 to 2^28");
    check(maxAspect >= 1, "max-aspect", maxAspect, "at least 1");
    check(minDeviation >= 0 && minDeviation < 127, "min-deviation", minDeviation, "0 to 127");
  }

  private static void check(boolean ok, String key, Object value, String rule) {
    if (!ok) {
      throw new IllegalArgumentException("gate." + key + " = " + value + ": want " + rule);
    }
  }

  /** The same with other limits on size. */
  public QualityGate withSize(int leastSide, long mostPixels) {
    return new QualityGate(maxFileBytes, leastSide, mostPixels, maxAspect, minDeviation);
  }

  /** Refuses a file by its length. */
  public void checkFile(long lengthBytes) {
    if (lengthBytes > maxFileBytes) {
      throw new QuarantineException(
          QuarantineRule.SIZE,
          "the file has " + lengthBytes + " bytes; at most " + maxFileBytes + " are read");
    }
  }

  /** Refuses an image by its announced size. */
  public void checkHeader(ImageHeader header) {
    String size = "is " + header.width() + "x" + header.height() + " pixels; ";
    if (header.pixels() > maxPixels) {
      throw new QuarantineException(
          QuarantineRule.SIZE, size + "at most " + maxPixels + " pixels are decoded");
    }
    int shorter = Math.min(header.width(), header.height());
    if (shorter < minSide) {
      throw new QuarantineException(
          QuarantineRule.SIZE, size + "each side needs at least " + minSide);
    }
    int longer = Math.max(header.width(), header.height());
    if (longer > maxAspect * shorter) {
      throw new QuarantineException(
          QuarantineRule.ASPECT,
          size + "the longer side may be at most " + maxAspect + " times the shorter one");
    }
  }

  /** Refuses a decoded image that shows nothing. */
  public void checkPixels(Image image) {
    double deviation = deviation(image.pixels());
    if (deviation < minDeviation) {
      throw new QuarantineException(
          QuarantineRule.BLANK,
          String.format(
              java.util.Locale.ROOT,
              "shows nothing: the pixels deviate by %.2f, at least %.2f is wanted",
              deviation,
              minDeviation));
    }
  }

  /** Standard deviation of the unsigned samples. */
  private static double deviation(byte[] pixels) {
    long sum = 0;
    long squares = 0;
    for (byte pixel : pixels) { // 2^28 * 3 samples of at most 255^2 stay below 2^63
      int value = pixel & 0xFF;
      sum += value;
      squares += (long) value * value;
    }
    double mean = (double) sum / pixels.length;
    return Math.sqrt(Math.max(0, (double) squares / pixels.length - mean * mean));
  }
}
