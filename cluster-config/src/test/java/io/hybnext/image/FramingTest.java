package io.hybnext.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybnext.image.Framing.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes and offsets; module tests compares whole images with those of the libraries. */
class FramingTest {

  @ParameterizedTest
  @CsvSource({
    "SHORTEST_SIDE_FLOOR, 80, 84, 64, 64, 67",
    "SHORTEST_SIDE_FLOOR, 120, 50, 64, 153, 64",
    "SHORTEST_SIDE_ROUND, 640, 480, 224, 298, 224",
    "LONGEST_SIDE, 100, 80, 64, 64, 51",
    "LONGEST_SIDE, 73, 110, 64, 42, 64",
    "LONGEST_SIDE, 2000, 1, 64, 64, 1"
  })
  void shouldScaleToTheLibrarysSize(
      Rule rule, int width, int height, int size, int scaledWidth, int scaledHeight) {
    Image scaled = new Framing(rule, size, Resampling.BILINEAR).scaled(image(width, height));
    assertEquals(scaledWidth + "x" + scaledHeight, scaled.width() + "x" + scaled.height());
  }

  @Test
  void shouldRoundTheOffsetOfTheCutAsTheLibraryDoes() {
    Image row = new Image(5, 2, 1, new byte[] {0, 1, 2, 3, 4, 0, 1, 2, 3, 4});
    assertArrayEquals(new byte[] {1, 2, 1, 2}, framed(Rule.SHORTEST_SIDE_FLOOR, row)); // 3 / 2
    assertArrayEquals(new byte[] {2, 3, 2, 3}, framed(Rule.SHORTEST_SIDE_ROUND, row)); // rint(1.5)
    Image shorter = new Image(3, 2, 1, new byte[] {0, 1, 2, 0, 1, 2});
    assertArrayEquals(
        new byte[] {0, 1, 0, 1}, framed(Rule.SHORTEST_SIDE_ROUND, shorter)); // rint(0.5)
  }

  private static byte[] framed(Rule rule, Image image) {
    return new Framing(rule, 2, Resampling.BICUBIC).apply(image).pixels();
  }

  @Test
  void shouldLeaveWhatFits() {
    Image square = image(6, 6);
    for (Rule rule : Rule.values()) {
      Image framed = new Framing(rule, 6, Resampling.BICUBIC).apply(square);
      assertSame(square.pixels(), framed.pixels());
    }
  }

  @Test
  void shouldRefuseImpossibleSettings() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Framing(Rule.LONGEST_SIDE, 0, Resampling.BILINEAR));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Framing(Rule.CENTRE_SQUARE, 8, Resampling.BILINEAR));
  }

  private static Image image(int width, int height) {
    return new Image(width, height, 1, new byte[width * height]);
  }
}
