package io.hybnext.model.optimiser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ParameterLayout.Bucket;
import io.hybnext.model.decoder.ParameterLayout.Parameter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdamWTest {
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final Bucket bucket =
      new Bucket(
          "test",
          List.of(
              new Parameter("matrix", List.of(5, 4), 0), new Parameter("vector", List.of(3), 20)));

  @Test
  void shouldFollowTheFormulaOverSeveralSteps() {
    int n = bucket.length();
    ByteBuffer master = filled(n, i -> 0.1f * i - 1);
    ByteBuffer gradient = filled(n, i -> (float) Math.sin(i + 1));
    ByteBuffer mean = filled(n, i -> 0f);
    ByteBuffer square = filled(n, i -> 0f);
    double[] p = new double[n];
    double[] m = new double[n];
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      p[i] = master.getFloat(4 * i);
    }
    try (AdamW adamw = new AdamW(engine, AdamWConfig.LLAMAGEN)) {
      AdamW.Chunk chunk = new AdamW.Chunk(bucket, 0, n, master, mean, square);
      for (int step = 0; step < 3; step++) {
        adamw.update(chunk, gradient, 0.5f, 0.01, step);
        for (int i = 0; i < n; i++) {
          double g = 0.5 * gradient.getFloat(4 * i);
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.95 * v[i] + 0.05 * g * g;
          double decay = i < 20 ? 0.05 : 0;
          p[i] -= 0.01 * decay * p[i];
          double corrected = Math.sqrt(v[i] / (1 - Math.pow(0.95, step + 1))) + 1e-8;
          p[i] -= 0.01 * m[i] / (1 - Math.pow(0.9, step + 1)) / corrected;
          assertEquals(p[i], master.getFloat(4 * i), 1e-6, "element " + i + " at step " + step);
        }
      }
    }
    assertEquals((float) Math.sin(1), gradient.getFloat(0));
  }

  private interface Fill {
    float at(int index);
  }

  private static ByteBuffer filled(int length, Fill fill) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(4 * length).order(ByteOrder.nativeOrder());
    for (int i = 0; i < length; i++) {
      buffer.putFloat(4 * i, fill.at(i));
    }
    return buffer;
  }
}
