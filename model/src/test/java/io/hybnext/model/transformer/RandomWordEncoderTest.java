package io.hybnext.model.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.hybnext.model.text.CaptionWords;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomWordEncoderTest {
  private final RandomWordEncoder encoder = new RandomWordEncoder(4, 64);

  @Test
  void shouldSplitWordsOfAnyScript() {
    assertEquals(
        List.of("pa", "view", "chest", "x", "ray", "no", "finding"),
        CaptionWords.of("PA view chest X-ray, no finding."));
    assertEquals(List.of("röntgen", "größe"), CaptionWords.of("RÖNTGEN—Größe!"));
    assertEquals(List.of("胸", "部", "ct"), CaptionWords.of("胸部ＣＴ"));
    assertEquals(List.of("рентген", "грудной"), CaptionWords.of("Рентген грудной"));
  }

  @Test
  void shouldPadOnTheLeftAndKeepTheOrder() {
    CaptionFeatures two = encoder.encode("left lung");
    assertEquals(2, two.length());
    assertArrayEquals(new float[128], Arrays.copyOf(two.features(), 128));
    CaptionFeatures other = encoder.encode("Lung, LEFT");
    assertArrayEquals(row(two, 2), row(other, 3));
    assertArrayEquals(row(two, 3), row(other, 2));
    assertFalse(Arrays.equals(row(two, 2), row(two, 3)));
  }

  @Test
  void shouldCutLongCaptionsAndAcceptEmptyOnes() {
    CaptionFeatures long5 = encoder.encode("a b c d e");
    assertEquals(4, long5.length());
    assertArrayEquals(encoder.encode("a b c d").features(), long5.features());
    CaptionFeatures empty = encoder.encode(" ... ");
    assertEquals(1, empty.length());
    assertFalse(Arrays.equals(new float[64], row(empty, 3)));
  }

  @Test
  void shouldDrawVectorsOfUnitVariance() {
    RandomWordEncoder wide = new RandomWordEncoder(1, 20_000);
    double sum = 0;
    double squares = 0;
    for (float x : wide.encode("opacity").features()) {
      sum += x;
      squares += x * x;
    }
    assertEquals(0, sum / 20_000, 0.03);
    assertEquals(1, squares / 20_000, 0.04);
  }

  private static float[] row(CaptionFeatures features, int position) {
    return Arrays.copyOfRange(features.features(), position * 64, (position + 1) * 64);
  }
}
