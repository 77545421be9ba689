package io.hybnext.tests.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.CounterRandom;
import org.junit.jupiter.api.Test;

class SlopeTest {
  /** 1,000 samples of 100 with noise of 10, a second apart. */
  private static double[] noisy(double growthPerSample) {
    double[] values = new double[1_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100 + growthPerSample * i + 10 * (CounterRandom.uniform(9, i) - 0.5);
    }
    return values;
  }

  @Test
  void shouldCallNoiseFlat() {
    assertTrue(Slope.of(noisy(0), 1).flat());
  }

  @Test
  void shouldSeeGrowthThatTheNoiseHidesFromSampleToSample() {
    Slope slope = Slope.of(noisy(0.01), 1);
    assertFalse(slope.flat(), slope::toString);
    assertEquals(36, slope.slopePerH(), 6);
  }

  @Test
  void shouldNotMindWhatShrinks() {
    assertTrue(Slope.of(noisy(-0.01), 1).flat());
  }

  @Test
  void shouldSeeAStaircase() {
    double[] values = new double[300];
    for (int i = 0; i < values.length; i++) {
      values[i] = 50 + i / 30;
    }
    assertFalse(Slope.of(values, 2).flat());
  }
}
