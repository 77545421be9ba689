package io.hybnext.streams.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.image.Image;
import io.hybnext.streams.TestImages;
import io.hybnext.streams.item.QuarantineException;
import io.hybnext.streams.item.QuarantineRule;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ImageDecoderTest {
  private final ImageDecoder decoder = new ImageDecoder();

  private Image decode(byte[] file) {
    return decoder.decode(file, ImageHeader.of(file));
  }

  private static byte[] png(BufferedImage image) {
    return TestImages.encode(image, "png");
  }

  @Test
  void shouldKeepGreyPngSamplesExactly() {
    BufferedImage image = TestImages.grey(37, 23, 1);
    Image decoded = decode(png(image));
    assertEquals(1, decoded.channels());
    assertArrayEquals(
        ((DataBufferByte) image.getRaster().getDataBuffer()).getData(), decoded.pixels());
  }

  @Test
  void shouldDecodeGreyJpegCloseToTheOriginal() {
    BufferedImage image = TestImages.grey(64, 48, 2);
    Image decoded = decode(TestImages.encode(image, "jpeg"));
    assertEquals(1, decoded.channels());
    double error = 0;
    for (int i = 0; i < decoded.pixels().length; i++) {
      error +=
          Math.abs((decoded.pixels()[i] & 0xFF) - image.getRaster().getSample(i % 64, i / 64, 0));
    }
    assertTrue(
        error / decoded.pixels().length < 8, "mean error " + error / decoded.pixels().length);
  }

  @Test
  void shouldDecodeColourInRgbOrder() {
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * 32; i++) {
      image.setRGB(i % 32, i / 32, 0xE03010);
    }
    for (String format : new String[] {"png", "jpeg"}) {
      Image decoded = decode(TestImages.encode(image, format));
      assertEquals(3, decoded.channels());
      assertEquals(0xE0, decoded.pixels()[300] & 0xFF, 4);
      assertEquals(0x30, decoded.pixels()[301] & 0xFF, 4);
      assertEquals(0x10, decoded.pixels()[302] & 0xFF, 4);
    }
  }

  @Test
  void shouldStretchSixteenBitGreyByItsOwnRange() {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {1000, 2000, 3000});
    assertArrayEquals(new byte[] {0, (byte) 128, (byte) 255}, decode(png(image)).pixels());
  }

  @Test
  void shouldMakeAFlatSixteenBitImageBlack() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setPixels(0, 0, 2, 1, new int[] {700, 700});
    assertArrayEquals(new byte[] {0, 0}, decode(png(image)).pixels());
  }

  @Test
  void shouldLayAlphaOnWhite() {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00FF0000);
    image.setRGB(1, 0, 0xFF0000FF);
    image.setRGB(2, 0, 0x80000000);
    assertArrayEquals(
        new byte[] {-1, -1, -1, 0, 0, -1, 127, 127, 127}, decode(png(image)).pixels());
  }

  @Test
  void shouldLookUpPalettesAndKeepGreyOnesGrey() {
    byte[] grey = {0, (byte) 200};
    BufferedImage image =
        new BufferedImage(
            8, 1, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(1, 2, grey, grey, grey));
    image.getRaster().setSample(3, 0, 0, 1);
    Image decoded = decode(png(image));
    assertEquals(1, decoded.channels());
    assertArrayEquals(new byte[] {0, 0, 0, (byte) 200, 0, 0, 0, 0}, decoded.pixels());
    byte[] none = {0, 0};
    BufferedImage red =
        new BufferedImage(
            8, 1, BufferedImage.TYPE_BYTE_BINARY, new IndexColorModel(1, 2, grey, none, none));
    assertEquals(3, decode(png(red)).channels());
  }

  @Test
  void shouldRefuseEveryTruncation() {
    for (byte[] file : new byte[][] {TestImages.jpeg(40, 40, 3), TestImages.png(40, 40, 3)}) {
      for (int length = 0; length < file.length - 1; length += length < 700 ? 1 : 13) {
        byte[] cut = Arrays.copyOf(file, length);
        QuarantineException refused =
            assertThrows(QuarantineException.class, () -> decode(cut), "length " + length);
        assertTrue(
            refused.rule() == QuarantineRule.TRUNCATED
                || refused.rule() == QuarantineRule.UNSUPPORTED_FORMAT,
            length + ": " + refused.rule());
      }
    }
  }

  @Test
  void shouldAnswerDamageWithAnImageOrARefusal() {
    SplittableRandom random = new SplittableRandom(11);
    byte[][] files = {TestImages.jpeg(48, 48, 4), TestImages.png(48, 48, 4)};
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] file = files[i % 2].clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt(256);
      }
      try {
        ImageHeader header = ImageHeader.of(file);
        QualityGate.DEFAULT.checkHeader(header);
        decoder.decode(file, header);
      } catch (QuarantineException expected) {
        refused++;
      }
    }
    assertTrue(refused > 1000, "refused " + refused);
  }

  @Test
  void shouldRefuseADamagedPngByItsCheckSum() {
    byte[] file = TestImages.png(40, 40, 5);
    file[file.length / 2] ^= 1;
    QuarantineException refused = assertThrows(QuarantineException.class, () -> decode(file));
    assertTrue(refused.getMessage().contains("check sum"), refused.getMessage());
  }

  @Test
  void shouldRefuseAJpegWhoseDataEndEarly() {
    byte[] file = TestImages.jpeg(64, 64, 6);
    byte[] cut = Arrays.copyOf(file, file.length / 2 + 2);
    cut[cut.length - 2] = (byte) 0xFF;
    cut[cut.length - 1] = (byte) 0xD9; // an end marker all the same
    QuarantineException refused = assertThrows(QuarantineException.class, () -> decode(cut));
    assertEquals(QuarantineRule.UNREADABLE, refused.rule(), refused.getMessage());
  }
}
