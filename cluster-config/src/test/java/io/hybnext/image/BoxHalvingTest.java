package io.hybnext.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BoxHalvingTest {

  @Test
  void shouldEqualTheGeneralFilterByteForByte() {
    Random random = new Random(3);
    for (int trial = 0; trial < 100; trial++) {
      int width = 2 * (1 + random.nextInt(40));
      int height = 2 * (1 + random.nextInt(40));
      int channels = 1 + random.nextInt(4);
      byte[] pixels = new byte[width * height * channels];
      random.nextBytes(pixels);
      assertArrayEquals(
          Resampling.BOX.resize(pixels, width, height, channels, width / 2, height / 2),
          BoxHalving.apply(pixels, width, height, channels));
    }
  }
}
