package io.hybnext.streams.deidentify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.image.Image;
import io.hybnext.streams.TestImages;
import io.hybnext.streams.image.ImageDecoder;
import io.hybnext.streams.image.ImageHeader;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BurnedInTextTest {
  private static final int SIDE = 512;

  /** The digits, 5 x 7 points each, a row in five bits: needs no font of the machine. */
  private static final int[][] DIGITS = {
    {14, 17, 19, 21, 25, 17, 14}, {4, 12, 4, 4, 4, 4, 14}, {14, 17, 1, 2, 4, 8, 31},
    {31, 2, 4, 2, 1, 17, 14}, {2, 6, 10, 18, 31, 2, 2}, {31, 16, 30, 1, 1, 17, 14},
    {6, 8, 16, 30, 17, 17, 14}, {31, 1, 2, 4, 8, 8, 8}, {14, 17, 17, 14, 17, 17, 14},
    {14, 17, 17, 15, 1, 2, 12}
  };

  /** Digits at the left of a dark band, each point {@code scale} pixels wide and high. */
  private static Image written(String digits, int scale, int ink, long seed) {
    byte[] pixels =
        ((DataBufferByte) TestImages.grey(SIDE, SIDE, seed).getRaster().getDataBuffer()).getData();
    int paper = ink > 128 ? 0 : 255;
    Arrays.fill(pixels, 0, 60 * SIDE, (byte) paper);
    for (int i = 0; i < digits.length(); i++) {
      int[] rows = DIGITS[digits.charAt(i) - '0'];
      for (int y = 0; y < 7 * scale; y++) {
        for (int x = 0; x < 5 * scale; x++) {
          if ((rows[y / scale] >> (4 - x / scale) & 1) == 1) {
            pixels[(10 + y) * SIDE + 12 + 6 * scale * i + x] = (byte) ink;
          }
        }
      }
    }
    return new Image(SIDE, SIDE, 1, pixels);
  }

  @Test
  void shouldSuspectNumbersDrawnIntoTheImage() {
    for (int scale = 1; scale <= 6; scale++) {
      assertTrue(BurnedInText.isSuspected(written("19610409", scale, 255, scale)), "x" + scale);
      assertTrue(BurnedInText.isSuspected(written("77120034", scale, 0, scale)), "dark x" + scale);
    }
  }

  @Test
  void shouldPassSideMarkers() {
    for (int scale = 1; scale <= 6; scale++) {
      assertFalse(BurnedInText.isSuspected(written("12", scale, 255, scale)));
    }
  }

  @Test
  void shouldSuspectNoneOfTheSamplesRadiographs() throws IOException {
    Path sample = Path.of(System.getProperty("hybnext.root", "..")).resolve("ops/sample/images");
    int step = Integer.getInteger("hybnext.burned-in.step", 29);
    List<Path> files;
    try (Stream<Path> all = Files.list(sample)) {
      files = all.sorted().toList();
    }
    int suspected = 0;
    int looked = 0;
    try (ImageDecoder decoder = new ImageDecoder()) {
      for (int i = 0; i < files.size(); i += step) {
        byte[] file = Files.readAllBytes(files.get(i));
        Image image = decoder.decode(file, ImageHeader.of(file));
        boolean text = BurnedInText.isSuspected(image);
        suspected += text ? 1 : 0;
        looked++;
        if (text && step == 1) {
          System.out.println(files.get(i) + " " + BurnedInText.longestLine(image));
        }
      }
    }
    System.out.printf("burned-in text: suspected %d of %d radiographs%n", suspected, looked);
    assertTrue(looked > 50);
    assertEquals(0, suspected);
  }
}
