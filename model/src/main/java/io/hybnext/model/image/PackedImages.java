package io.hybnext.model.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Images of one size, one behind the other in one array, as a batch enters and leaves kernels. */
public final class PackedImages {
  private PackedImages() {}

  /**
   * Packs square images.
   *
   * @param images side * side * channels unsigned bytes each
   * @return images.size() * side * side * channels bytes
   * @throws IllegalArgumentException when an image has another number of bytes
   */
  public static byte[] of(List<byte[]> images, int side, int channels) {
    int length = side * side * channels;
    byte[] all = new byte[Math.multiplyExact(images.size(), length)];
    for (int i = 0; i < images.size(); i++) {
      byte[] image = images.get(i);
      if (image.length != length) {
        throw new IllegalArgumentException(
            String.format(
                "image of %d bytes: this network wants %dx%d pixels with %d channels, %d bytes",
                image.length, side, side, channels, length));
      }
      System.arraycopy(image, 0, all, i * length, length);
    }
    return all;
  }

  /** Cuts {@code count} images of one length apart. */
  public static List<byte[]> apart(byte[] all, int count) {
    int length = all.length / count;
    List<byte[]> images = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      images.add(Arrays.copyOfRange(all, i * length, (i + 1) * length));
    }
    return images;
  }
}
