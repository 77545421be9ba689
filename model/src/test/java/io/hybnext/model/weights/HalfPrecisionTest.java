package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HalfPrecisionTest {
  @TempDir Path folder;

  @Test
  void shouldReturnEveryHalfUnchanged() throws IOException {
    short[] bits = new short[0x7c00 * 2];
    for (int i = 0; i < 0x7c00; i++) {
      bits[2 * i] = (short) i;
      bits[2 * i + 1] = (short) (0x8000 | i);
    }
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      int size = bits[i] & 0x7fff;
      double value =
          size < 0x400
              ? size * 0x1p-24
              : Math.scalb(1 + (size & 0x3ff) / 1024.0, (size >> 10) - 15);
      values[i] = (float) (bits[i] < 0 ? -value : value);
      assertEquals(bits[i], HalfPrecision.bits(values[i]));
    }
    Path file = folder.resolve("halves.safetensors");
    new SafetensorsWriter().halves("x", values, values.length).write(file);
    try (SafetensorsFile read = SafetensorsFile.open(file)) {
      float[] back = read.floats("x");
      for (int i = 0; i < values.length; i++) {
        assertEquals(values[i], back[i]);
      }
    }
  }

  @Test
  void shouldRoundTiesToEven() {
    assertEquals(0x3c00, HalfPrecision.bits(1 + 0x1p-11f));
    assertEquals(0x3c02, HalfPrecision.bits(1 + 3 * 0x1p-11f));
    assertEquals(0x4000, HalfPrecision.bits(2 - 0x1p-12f));
    assertEquals(0, HalfPrecision.bits(0x1p-25f));
    assertEquals(0x400, HalfPrecision.bits(0x1p-14f - 0x1p-26f));
  }

  @Test
  void shouldRefuseWhatDoesNotFit() {
    assertEquals(0x7bff, HalfPrecision.bits(65519f));
    assertThrows(IllegalArgumentException.class, () -> HalfPrecision.bits(65520f));
    assertThrows(IllegalArgumentException.class, () -> HalfPrecision.bits(Float.NaN));
  }
}
