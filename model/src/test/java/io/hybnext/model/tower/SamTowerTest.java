package io.hybnext.model.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the golden case does not reach: bands, and memory over many images. */
class SamTowerTest {
  private static final SamConfig SMALL =
      new SamConfig(24, 2, 2, 48, 48, 8, 4, List.of(1), 8); // 6 x 6 tokens, windows of 4

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @Test
  void shouldGiveTheSameGridInBandsOfRows() {
    float[] whole = grid(1);
    for (int bands : new int[] {2, 3, 6}) {
      assertArrayEquals(whole, grid(bands), 1e-6f);
    }
  }

  private float[] grid(int bands) {
    try (Scope scope = engine.openScope("test")) {
      TowerWeights weights = SamKeys.ORIGINAL.map(SMALL).random(scope, 5, Precision.FP32);
      weights.arrays().values().forEach(array -> assertTrue(array.size() > 0));
      try (SamTower tower = new SamTower(SMALL, scope, weights, Precision.FP32, bands)) {
        float[] pixels = new float[3 * 48 * 48];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = (float) Math.sin(0.37 * i);
        }
        return tower.grid(scope, scope.floats(pixels, 1, 3, 48, 48)).toFloats();
      }
    }
  }

  @Test
  void shouldCutTheGridIntoBandsThatDivideIt() {
    SamConfig base = SamConfig.base();
    assertEquals(4, base.bands()); // 16 x 64 queries with 4096 keys each
    assertEquals(1, SMALL.bands());
    assertEquals(3, SMALL.bands(500));
    assertEquals(6, SMALL.bands(1));
  }

  @Test
  void shouldHoldNoMoreArraysAfterManyImages() {
    try (SamTower tower = SamTower.random(engine, SMALL, 5, Precision.FP32);
        Scope scope = engine.openScope("test")) {
      Array pixels = scope.floats(new float[3 * 48 * 48], 1, 3, 48, 48);
      tower.grid(scope, pixels).close();
      int before = scope.liveResources();
      for (int i = 0; i < 20; i++) {
        tower.grid(scope, pixels).close();
      }
      assertEquals(before, scope.liveResources());
    }
  }

  @Test
  void shouldRefuseImpossibleSizes() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new SamConfig(24, 2, 5, 48, 48, 8, 4, List.of(), 8)); // heads
    assertThrows(
        IllegalArgumentException.class,
        () -> new SamConfig(24, 2, 2, 48, 50, 8, 4, List.of(), 8)); // patches
    assertThrows(
        IllegalArgumentException.class,
        () -> new SamConfig(24, 2, 2, 48, 48, 8, 4, List.of(2), 8)); // no such block
  }
}
