package io.hybnext.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class ResamplingTest {

  @ParameterizedTest
  @CsvFileSource(resources = "pillow.csv")
  void shouldEqualPillowByteForByte(
      String filter, int seed, int width, int height, int channels, int w, int h, long crc) {
    byte[] input = pixels(seed, width * height * channels);
    byte[] output =
        filter.equals("CROP")
            ? CenterCrop.square(input, width, height, channels, w)
            : Resampling.valueOf(filter).resize(input, width, height, channels, w, h);
    assertEquals(w * h * channels, output.length);
    CRC32 sum = new CRC32();
    sum.update(output);
    assertEquals(crc, sum.getValue());
  }

  /** The generator that pillow.csv names. */
  private static byte[] pixels(int seed, int count) {
    byte[] bytes = new byte[count];
    int x = seed;
    for (int i = 0; i < count; i++) {
      x = (x * 1103515245 + 12345) & 0x7fffffff;
      bytes[i] = (byte) (x >> 16);
    }
    return bytes;
  }

  @Test
  void shouldReturnTheInputWhenTheSizeStays() {
    byte[] input = pixels(1, 12);
    assertSame(input, Resampling.BICUBIC.resize(input, 4, 3, 1, 4, 3));
  }

  @Test
  void shouldRefuseImpossibleSizes() {
    byte[] input = pixels(1, 12);
    assertThrows(IllegalArgumentException.class, () -> Resampling.BOX.resize(input, 4, 4, 1, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> Resampling.BOX.resize(input, 4, 3, 1, 0, 2));
  }

  @Test
  void shouldCutTheCentreOfARectangle() {
    byte[] input = {0, 1, 2, 3, 4, 5};
    assertArrayEquals(new byte[] {1, 4}, CenterCrop.rectangle(input, 3, 2, 1, 1, 2));
  }

  @Test
  void shouldRoundAsTheOriginalScriptsDo() {
    float[] values = {-1f, -0.999f, 0f, 0.5f, 1f, 2f, Float.NaN};
    assertArrayEquals(
        new byte[] {0, 0, (byte) 128, (byte) 191, (byte) 255, (byte) 255, 0},
        PixelValues.toBytes(values, 0, 7, 1, 1, PixelValues.Rounding.DEMO));
    assertArrayEquals(
        new byte[] {0, 0, (byte) 128, (byte) 191, (byte) 255, (byte) 255, 0},
        PixelValues.toBytes(values, 0, 7, 1, 1, PixelValues.Rounding.SAVE_IMAGE));
    assertArrayEquals(
        new byte[] {0, 0, 127, (byte) 191, (byte) 255, (byte) 255, 0},
        PixelValues.toBytes(values, 0, 7, 1, 1, PixelValues.Rounding.TRUNCATE));
  }

  @Test
  void shouldGiveBackEveryPixel() {
    byte[] pixels = pixels(3, 5 * 4 * 3);
    float[] values = PixelValues.toFloats(pixels, 5, 4, 3);
    assertEquals(((pixels[1] & 0xff) / 255f - 0.5f) / 0.5f, values[20]);
    assertArrayEquals(
        pixels, PixelValues.toBytes(values, 0, 5, 4, 3, PixelValues.Rounding.SAVE_IMAGE));
  }
}
