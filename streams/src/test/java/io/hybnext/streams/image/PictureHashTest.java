package io.hybnext.streams.image;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.image.Image;
import io.hybnext.streams.TestImages;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** On bundled radiographs: all of them are alike to the eye. */
class PictureHashTest {
  private static final int IMAGES = 40;

  private static Image radiograph(int number) throws IOException {
    byte[] file = TestImages.radiograph(number);
    try (ImageDecoder decoder = new ImageDecoder()) {
      return decoder.decode(file, ImageHeader.of(file));
    }
  }

  @Test
  void shouldBeNearForTheSamePictureSmallerOrDarker() throws IOException {
    for (int number = 0; number < IMAGES; number++) {
      Image image = radiograph(number);
      long hash = PictureHash.of(image);
      Image smaller = ImageFit.centreSquare(96, 1).apply(image);
      byte[] pixels = image.pixels().clone();
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) (0.8 * (pixels[i] & 0xFF) + 10);
      }
      Image darker = new Image(image.width(), image.height(), image.channels(), pixels);
      assertTrue(PictureHash.distance(hash, PictureHash.of(smaller)) <= 2, "smaller " + number);
      assertTrue(PictureHash.distance(hash, PictureHash.of(darker)) <= 2, "darker " + number);
    }
  }

  @Test
  void shouldBeFartherForPicturesOfOthers() throws IOException {
    long[] hashes = new long[IMAGES];
    for (int number = 0; number < IMAGES; number++) {
      hashes[number] = PictureHash.of(radiograph(number));
      for (int other = 0; other < number; other++) {
        int bits = PictureHash.distance(hashes[number], hashes[other]);
        assertTrue(bits > 2, number + " and " + other + ": " + bits);
      }
    }
  }
}
