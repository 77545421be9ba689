package io.hybnext.streams.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.hybnext.image.Image;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ImageFitTest {

  @Test
  void shouldReturnAnImageThatFitsAlready() {
    Image image = new Image(4, 4, 1, new byte[16]);
    assertSame(image, ImageFit.centreSquare(4, 1).apply(image));
  }

  @Test
  void shouldTakeTheCentreSquare() {
    byte[] pixels = new byte[8 * 4];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % 8);
    }
    byte[] fitted = ImageFit.centreSquare(4, 1).apply(new Image(8, 4, 1, pixels)).pixels();
    assertArrayEquals(new byte[] {2, 3, 4, 5}, Arrays.copyOf(fitted, 4));
  }

  @Test
  void shouldWeighColoursAsPillowDoes() {
    // Pillow 12.3: Image.new("RGB", (1, 1), (200, 100, 50)).convert("L") -> 124
    Image grey =
        ImageFit.centreSquare(1, 1).apply(new Image(1, 1, 3, new byte[] {(byte) 200, 100, 50}));
    assertEquals(124, grey.pixels()[0]);
  }

  @Test
  void shouldRepeatGreyForColourNetworks() {
    Image rgb = ImageFit.centreSquare(1, 3).apply(new Image(1, 1, 1, new byte[] {9}));
    assertArrayEquals(new byte[] {9, 9, 9}, rgb.pixels());
  }
}
