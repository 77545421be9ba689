package io.hybnext.model.optimiser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.transformer.TransformerPresets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearningRateTest {
  @Test
  void shouldWarmUpWithoutAStepAtZero() {
    LearningRate rate = LearningRate.warmUp(1e-3, 9);
    assertEquals(1e-4, rate.at(0), 1e-12);
    assertEquals(9e-4, rate.at(8), 1e-12);
    assertEquals(1e-3, rate.at(9));
    assertEquals(1e-3, rate.at(1_000_000));
    assertEquals(2e-5, LearningRate.constant(2e-5).at(0));
  }

  @Test
  void shouldFallAlongHalfACosine() {
    LearningRate rate = LearningRate.cosine(1, 10, 110, 0.1);
    assertEquals(1, rate.at(10));
    assertEquals(0.55, rate.at(60), 1e-12);
    assertEquals(0.1, rate.at(110), 1e-12);
    assertEquals(0.1, rate.at(5_000), 1e-12);
    for (long step = 10; step < 110; step++) {
      assertTrue(rate.at(step + 1) < rate.at(step));
    }
  }

  @Test
  void shouldRefuseImpossibleRates() {
    assertThrows(IllegalArgumentException.class, () -> LearningRate.constant(0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.warmUp(1, -1));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, 10, 10, 0));
    assertThrows(IllegalArgumentException.class, () -> LearningRate.cosine(1, 10, 100, 2));
    assertThrows(
        IllegalArgumentException.class, () -> new AdamWConfig(1, 0.95, 1e-8, 0.05, false, 1));
  }

  @Test
  void shouldCutChunksWhereDecayChanges() {
    Bucket block = TransformerLayout.of(TransformerPresets.named("tiny")).buckets().get(1);
    int vectors = 2 * 64;
    int matrices = block.length() - vectors;
    assertEquals(
        List.of(new DecayRuns.Run(0, matrices, true), new DecayRuns.Run(matrices, vectors, false)),
        DecayRuns.of(block, 0, block.length(), false, name -> false));
    assertEquals(
        List.of(new DecayRuns.Run(5000, 5000, true)),
        DecayRuns.of(block, 5000, 5000, false, name -> false));
    assertEquals(
        List.of(new DecayRuns.Run(matrices - 3, 10, true)),
        DecayRuns.of(block, matrices - 3, 10, true, name -> false));
  }

  @Test
  void shouldStayAtThePeakUntilTheDecayAtTheEnd() {
    LearningRate rate = LearningRate.stableDecay(1, 4, 100, 25, 0.1);
    assertEquals(0.2, rate.at(0), 1e-12);
    assertEquals(1, rate.at(4), 0);
    assertEquals(1, rate.at(74), 0);
    assertEquals(1 - 0.9 * Math.sqrt(1 / 25.0), rate.at(75), 1e-12);
    assertEquals(0.1, rate.at(99), 1e-12);
    assertEquals(0.1, rate.at(5_000), 1e-12);
    assertEquals(1, LearningRate.stableDecay(1, 0, 10, 0, 0).at(9), 0);
  }

  @Test
  void shouldWarmUpAgainWhereNewDataEnter() {
    List<Long> starts = new ArrayList<>();
    RewarmedRate rate = new RewarmedRate(LearningRate.constant(2), () -> starts, 4, 0.5);
    assertEquals(2, rate.at(10), 0);
    starts.add(10L);
    starts.add(30L);
    assertEquals(2, rate.at(9), 0);
    assertEquals(1.2, rate.at(10), 1e-12);
    assertEquals(1.8, rate.at(13), 1e-12);
    assertEquals(2, rate.at(14), 0);
    assertEquals(1.2, rate.at(30), 1e-12);
  }
}
