package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightLoaderTest {
  @TempDir Path folder;
  private Path path;

  @BeforeEach
  void writeWeights() throws IOException {
    path = folder.resolve("w.safetensors");
    ByteBuffer narrow = ByteBuffer.wrap(new byte[] {(byte) 0x80, 0x3f, 0x49, (byte) 0xc0});
    new SafetensorsWriter()
        .floats("w", new float[] {1, 2, 3, 4}, 2, 2)
        .add("narrow", TensorType.BF16, new long[] {2}, narrow::duplicate)
        .longs("ids", new long[] {5, 6}, 2)
        .floats("freqs_cis", new float[] {0}, 1)
        .write(path);
  }

  @Test
  void shouldNameEveryMissingExtraAndMisshapedTensorAtOnce() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Map<String, long[]> wrong =
          Map.of("w", new long[] {4}, "narrow", new long[] {2}, "b", new long[] {7});
      String message =
          assertThrows(
                  CheckpointException.class,
                  () -> WeightLoader.check(file, wrong, Set.of("freqs_cis")))
              .getMessage();
      assertTrue(message.contains("missing (1) b[7];"), message);
      assertTrue(message.contains("extra (1) ids;"), message);
      assertTrue(message.contains("wrong shape (1) w[2, 2] instead of [4];"), message);
      Map<String, long[]> right =
          Map.of("w", new long[] {2, 2}, "narrow", new long[] {2}, "ids", new long[] {2});
      assertDoesNotThrow(() -> WeightLoader.check(file, right, Set.of("freqs_cis")));
    }
  }

  @Test
  void shouldLoadAnyTypeAsTheOneAskedFor() throws IOException {
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    try (Scope scope = engine.openScope("weights");
        SafetensorsFile file = SafetensorsFile.open(path)) {
      Array w = WeightLoader.load(scope, file, "w", ElementType.BFLOAT16);
      assertArrayEquals(new long[] {2, 2}, w.shape());
      assertArrayEquals(new float[] {1, 2, 3, 4}, w.toFloats());
      Array narrow = WeightLoader.load(scope, file, "narrow", ElementType.FLOAT32);
      assertArrayEquals(new float[] {1f, -3.140625f}, narrow.toFloats());
      Array ids = WeightLoader.load(scope, file, "ids", ElementType.INT64);
      assertArrayEquals(new long[] {5, 6}, ids.toLongs());
    }
  }
}
