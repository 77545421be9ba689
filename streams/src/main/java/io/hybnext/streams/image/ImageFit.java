package io.hybnext.streams.image;

import io.hybnext.image.Framing;
import io.hybnext.image.Image;

/**
 * Fits an image to what a network takes: grey if one channel is wanted, then scaled and cut by the
 * network's {@link Framing}. All framings but {@link Framing.Rule#LONGEST_SIDE} keep the centre, so
 * that alignment targets and tokens see the same part of the image (spec D11, D28).
 *
 * @param framing size and part of the image
 * @param channels 1 grey or 3 RGB
 */
public record ImageFit(Framing framing, int channels) {
  /** Names the computation in stored data; changes whenever its result does. */
  public static final String VERSION = "centre-square-box-bicubic-1";

  /** Checks the values. */
  public ImageFit {
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "image fit to " + channels + " channels: want 1 or 3 channels");
    }
  }

  /** The centre square of this side, as the tokenizers take it. */
  public static ImageFit centreSquare(int size, int channels) {
    return new ImageFit(Framing.centreSquare(size), channels);
  }

  /** Bytes of a fitted image, at most. */
  public long sizeBytes() {
    return (long) framing.size() * framing.size() * channels;
  }

  /** The fitted image; the argument itself when it fits already. */
  public Image apply(Image image) {
    boolean fewer = image.channels() == 3 && channels == 1;
    Image framed = framing.apply(fewer ? grey(image) : image);
    return framed.channels() == channels
        ? framed
        : replicated(framed); // equal channels scale alike
  }

  /** The image at its own size with the wanted channels; the argument itself when it has them. */
  public Image withChannels(Image image) {
    Image fewer = image.channels() == 3 && channels == 1 ? grey(image) : image;
    return fewer.channels() == channels ? fewer : replicated(fewer);
  }

  private static Image grey(Image image) {
    byte[] from = image.pixels();
    byte[] to = new byte[image.width() * image.height()];
    for (int i = 0; i < to.length; i++) {
      to[i] = grey(from[3 * i] & 0xFF, from[3 * i + 1] & 0xFF, from[3 * i + 2] & 0xFF);
    }
    return new Image(image.width(), image.height(), 1, to);
  }

  private static Image replicated(Image image) {
    byte[] from = image.pixels();
    byte[] to = new byte[3 * from.length];
    for (int i = 0; i < from.length; i++) {
      to[3 * i] = from[i];
      to[3 * i + 1] = from[i];
      to[3 * i + 2] = from[i];
    }
    return new Image(image.width(), image.height(), 3, to);
  }

  /** ITU-R 601-2 luma in 16-bit fixed point, as Pillow's {@code convert("L")}. */
  private static byte grey(int red, int green, int blue) {
    return (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
  }
}
