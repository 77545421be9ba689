package io.hybnext.streams.image;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybnext.image.Image;
import io.hybnext.streams.TestImages;
import io.hybnext.streams.image.ImageHeader.Format;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class QualityGateTest {
  private final QualityGate gate = new QualityGate(1000, 32, 10_000, 2, 1);

  private static QuarantineRule rule(Runnable check) {
    return assertThrows(QuarantineException.class, check::run).rule();
  }

  private static ImageHeader header(int width, int height) {
    return new ImageHeader(Format.PNG, width, height, 1, 8);
  }

  @Test
  void shouldCheckFileSizeSidesPixelsAndAspect() {
    assertEquals(QuarantineRule.SIZE, rule(() -> gate.checkFile(1001)));
    assertEquals(QuarantineRule.SIZE, rule(() -> gate.checkHeader(header(31, 40))));
    assertEquals(QuarantineRule.SIZE, rule(() -> gate.checkHeader(header(101, 100))));
    assertEquals(QuarantineRule.ASPECT, rule(() -> gate.checkHeader(header(40, 81))));
    assertDoesNotThrow(() -> gate.checkHeader(header(40, 80)));
    assertDoesNotThrow(() -> gate.checkFile(1000));
  }

  @Test
  void shouldRefuseABombByItsHeaderAlone() {
    byte[] file = TestImages.png(40, 40, 1);
    ByteBuffer.wrap(file).putInt(16, 100_000).putInt(20, 100_000);
    ImageHeader header = ImageHeader.of(file);
    assertEquals(100_000, header.width());
    assertEquals(QuarantineRule.SIZE, rule(() -> QualityGate.DEFAULT.checkHeader(header)));
    ByteBuffer.wrap(file).putInt(16, -1);
    assertEquals(QuarantineRule.UNREADABLE, rule(() -> ImageHeader.of(file)));
  }

  @Test
  void shouldRefuseAnImageThatShowsNothing() {
    byte[] pixels = new byte[64 * 64];
    Arrays.fill(pixels, (byte) 200);
    pixels[5] = 0;
    Image blank = new Image(64, 64, 1, pixels);
    assertEquals(
        QuarantineRule.BLANK, rule(() -> new QualityGate(1, 1, 1, 1, 4).checkPixels(blank)));
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    assertDoesNotThrow(() -> gate.checkPixels(blank));
  }

  @Test
  void shouldRefuseImpossibleLimits() {
    assertThrows(IllegalArgumentException.class, () -> new QualityGate(0, 1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new QualityGate(1, 1, 1, 0.5, 1));
  }
}
