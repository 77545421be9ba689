package io.hybnext.image;

/**
 * Conversions between 8-bit pixels (channels interleaved) and the numbers of the networks (channels
 * first, -1 black to 1 white), in fp32 arithmetic as the original scripts do it.
 */
public final class PixelValues {
  private PixelValues() {}

  /** How numbers become bytes. The original scripts differ by one level in places. */
  public enum Rounding {
    /** LlamaGen's tokenizer demo: 127.5 x + 128, clamped, truncated. */
    DEMO {
      @Override
      int level(float x) {
        return (int) clamp(127.5f * x + 128f, 0, 255);
      }
    },
    /** LlamaGen's samplers (torchvision's save_image): (x + 1) / 2 * 255 + 0.5, truncated. */
    SAVE_IMAGE {
      @Override
      int level(float x) {
        return (int) clamp((clamp(x, -1, 1) + 1) / 2 * 255 + 0.5f, 0, 255);
      }
    },
    /** Chameleon's image tokenizer: (x + 1) / 2 * 255, truncated. */
    TRUNCATE {
      @Override
      int level(float x) {
        return (int) ((clamp(x, -1, 1) + 1) / 2 * 255);
      }
    };

    /** The level 0 to 255 of a number; NaN gives 0. */
    abstract int level(float x);

    private static float clamp(float x, float low, float high) {
      return Math.min(high, Math.max(low, x));
    }
  }

  /**
   * Bytes to numbers: (u / 255 - 0.5) / 0.5.
   *
   * @param pixels height * width * channels bytes
   * @return channels * height * width numbers
   */
  public static float[] toFloats(byte[] pixels, int width, int height, int channels) {
    int area = width * height;
    float[] values = new float[area * channels];
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < channels; c++) {
        values[c * area + i] = ((pixels[i * channels + c] & 0xff) / 255f - 0.5f) / 0.5f;
      }
    }
    return values;
  }

  /**
   * Numbers to bytes.
   *
   * @param values holds channels * height * width numbers from {@code offset}
   * @return height * width * channels bytes
   */
  public static byte[] toBytes(
      float[] values, int offset, int width, int height, int channels, Rounding rounding) {
    int area = width * height;
    byte[] pixels = new byte[area * channels];
    for (int i = 0; i < area; i++) {
      for (int c = 0; c < channels; c++) {
        pixels[i * channels + c] = (byte) rounding.level(values[offset + c * area + i]);
      }
    }
    return pixels;
  }
}
