package io.hybnext.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CounterRandomTest {
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final CounterRandom random = new CounterRandom(engine);

  @Test
  void shouldGiveTheWordsOfSplitMix64() {
    // First outputs for seed 1234567, as published with the generator's reference code.
    long[] published = {
      6457827717110365317L, 3203168211198807973L, -8629252141511181193L, 4593380528125082431L
    };
    for (int i = 0; i < published.length; i++) {
      assertEquals(published[i], CounterRandom.word(1234567, i));
    }
    for (long key : new long[] {0, -1, 42, Long.MIN_VALUE}) {
      SplittableRandom twin = new SplittableRandom(key);
      for (int i = 0; i < 1000; i++) {
        assertEquals(twin.nextLong(), CounterRandom.word(key, i));
      }
    }
  }

  @Test
  void shouldDrawTheSameNumbersInKernelAndOnHost() {
    long[] keys = {CounterRandom.key(7, 1, 3, 0), CounterRandom.key(7, 1, 3, 1), -5, 0};
    try (Scope scope = engine.openScope("test")) {
      float[] drawn = random.uniform(scope, keys, 257).toFloats();
      for (int row = 0; row < keys.length; row++) {
        for (int i = 0; i < 257; i++) {
          assertEquals(CounterRandom.uniform(keys[row], i), drawn[row * 257 + i]);
        }
      }
    }
  }

  @Test
  void shouldGiveARowTheSameNumbersInAnyBatch() {
    long key = CounterRandom.key(1, 2, 3, 4);
    try (Scope scope = engine.openScope("test")) {
      float[] alone = random.keep(scope, new long[] {key}, 1001, 0.1).toFloats();
      float[] third = random.keep(scope, new long[] {5, 6, key, 8}, 1001, 0.1).toFloats();
      assertArrayEquals(alone, Arrays.copyOfRange(third, 2 * 1001, 3 * 1001));
      int threshold = CounterRandom.dropThreshold(0.1);
      for (int i = 0; i < 1001; i++) {
        assertEquals(CounterRandom.keeps(key, 1001, i, threshold), alone[i] != 0);
      }
    }
  }

  @Test
  void shouldDropTheAskedShareAndKeepTheMean() {
    long[] keys = new long[64];
    Arrays.setAll(keys, i -> CounterRandom.key(11, 0, 0, i));
    try (Scope scope = engine.openScope("test")) {
      float[] keep = random.keep(scope, keys, 10_000, 0.1).toFloats();
      long dropped = 0;
      for (float value : keep) {
        assertTrue(value == 0 || value == (float) (1 / 0.9));
        dropped += value == 0 ? 1 : 0;
      }
      // 640,000 draws at p = 0.1: standard deviation 240
      assertEquals(64_000, dropped, 1_200);
    }
  }

  @Test
  void shouldDrawNormalNumbersWithUnitVariance() {
    long[] keys = new long[16];
    Arrays.setAll(keys, i -> CounterRandom.key(3, 0, 0, i));
    try (Scope scope = engine.openScope("test")) {
      float[] drawn = random.normal(scope, keys, 20_000).toFloats();
      double sum = 0;
      double squares = 0;
      double fourth = 0;
      for (float x : drawn) {
        sum += x;
        squares += x * x;
        fourth += Math.pow(x, 4);
      }
      int n = drawn.length; // 320,000
      assertEquals(0, sum / n, 0.01);
      assertEquals(1, squares / n, 0.015);
      assertEquals(3, fourth / n, 0.12);
    }
  }

  @Test
  void shouldGiveEveryUseItsOwnKey() {
    Set<Long> keys = new HashSet<>();
    for (long seed = 0; seed < 8; seed++) {
      for (long stream = 0; stream < 8; stream++) {
        for (long step = 0; step < 8; step++) {
          for (long sample = 0; sample < 8; sample++) {
            assertTrue(keys.add(CounterRandom.key(seed, stream, step, sample)));
          }
        }
      }
    }
    assertNotEquals(CounterRandom.key(0, 1, 0, 0), CounterRandom.key(1, 0, 0, 0));
  }
}
