package io.hybnext.model.tokenizer.training;

import io.hybnext.image.CenterCrop;
import java.util.List;

/**
 * A decoded image of the training set, of any size.
 *
 * @param width in pixels
 * @param height in pixels
 * @param channels 1 grey, 3 RGB
 * @param pixels height * width * channels unsigned bytes, channels interleaved; shared, not copied
 */
public record SourceImage(int width, int height, int channels, byte[] pixels) {

  /** Checks the number of bytes. */
  public SourceImage {
    if ((long) width * height * channels != pixels.length) {
      throw new IllegalArgumentException(
          width + "x" + height + "x" + channels + " image with " + pixels.length + " bytes");
    }
  }

  /**
   * The image as a tokenizer sees it: scaled and cut by {@link CenterCrop#square}, as at ingestion.
   *
   * @return side * side * channels bytes
   */
  public byte[] square(int side) {
    return CenterCrop.square(pixels, width, height, channels, side);
  }

  /** {@link #square} of each image, in order. */
  public static List<byte[]> squares(List<SourceImage> images, int side) {
    return images.stream().map(image -> image.square(side)).toList();
  }
}
