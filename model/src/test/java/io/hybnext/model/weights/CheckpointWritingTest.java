package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointWritingTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "model"})
  void shouldWriteTorchFilesThatReadBackTheSame(String key) throws IOException {
    Path file = folder.resolve("out.pt");
    try (Checkpoint source = Checkpoint.open(TorchFileTest.resource("legacy.pt"))) {
      TorchWriter.write(file, key, source);
      try (TorchFile written = TorchFile.open(file)) {
        assertEquals(key, written.choice());
        assertEquals(List.copyOf(source.names()), List.copyOf(written.names()));
        for (String name : source.names()) {
          assertEquals(source.entry(name).toString(), written.entry(name).toString());
          assertEquals(source.data(name), written.data(name), name);
        }
      }
    }
  }

  @Test
  void shouldAlignStoragesSoThatTorchCanMapThem() throws IOException {
    Path file = folder.resolve("out.pt");
    try (Checkpoint source = Checkpoint.open(TorchFileTest.resource("bare.pt"));
        java.nio.channels.FileChannel channel =
            CheckpointFormat.channel(write(file, source), java.nio.file.StandardOpenOption.READ)) {
      TorchZip.entries("out.pt", channel)
          .forEach((name, range) -> assertEquals(0, range.offset() % 64, name));
    }
  }

  private static Path write(Path file, Checkpoint source) throws IOException {
    TorchWriter.write(file, "", source);
    return file;
  }

  @Test
  void shouldCutShardsBySizeAndReadThemAsOne() throws IOException {
    try (Checkpoint source = Checkpoint.open(TorchFileTest.resource("bare.pt"))) {
      List<Path> files = ShardWriter.write(folder, source, 128);
      assertTrue(files.size() > 3, files.toString());
      try (Checkpoint written = Checkpoint.open(folder)) {
        assertTrue(written instanceof ShardedCheckpoint);
        assertEquals(source.names(), written.names());
        for (String name : source.names()) {
          assertEquals(source.data(name), written.data(name), name);
        }
      }
    }
  }

  @Test
  void shouldWriteOneFileWhenOneShardIsEnough() throws IOException {
    try (Checkpoint source = Checkpoint.open(TorchFileTest.resource("bare.pt"))) {
      assertEquals(
          List.of(folder.resolve("model.safetensors")), ShardWriter.write(folder, source, 1 << 20));
    }
  }

  @Test
  void shouldConvertFloatingTensorsOnlyAndToTheNearest() throws IOException {
    Path file = folder.resolve("in.safetensors");
    float[] values = {1f, -2.5f, 1.00390625f, 1.01171875f, 3.4e38f, Float.NaN, 1e-40f, 0f};
    new SafetensorsWriter().floats("w", values, 8).longs("ids", new long[] {3}, 1).write(file);
    try (Checkpoint source = Checkpoint.open(file);
        Checkpoint view =
            new CheckpointView(source, source.names(), Optional.of(TensorType.BF16))) {
      assertEquals(TensorType.BF16, view.entry("w").type());
      assertEquals(TensorType.I64, view.entry("ids").type());
      float[] rounded = view.floats("w");
      // 1 + 1/256 lies between 1 and 1 + 1/128: to even, 1; 1 + 3/256: to even, 1 + 2/128
      assertArrayEquals(
          new float[] {1f, -2.5f, 1f, 1.015625f, Float.POSITIVE_INFINITY, Float.NaN},
          java.util.Arrays.copyOf(rounded, 6));
      assertArrayEquals(new long[] {3}, view.longs("ids"));
      Path out = folder.resolve("out.safetensors");
      ShardWriter.writeSingle(out, view);
      try (Checkpoint written = Checkpoint.open(out)) {
        assertArrayEquals(rounded, written.floats("w"));
      }
    }
  }

  @Test
  void shouldNameTheTensorThatDoesNotFitIntoHalves() throws IOException {
    Path file = folder.resolve("in.safetensors");
    new SafetensorsWriter()
        .floats("w", new float[] {65519f, Float.NEGATIVE_INFINITY}, 2)
        .write(file);
    Path large = folder.resolve("large.safetensors");
    new SafetensorsWriter().floats("big", new float[] {1f, 65520f}, 2).write(large);
    Path out = folder.resolve("out.safetensors");
    try (Checkpoint source = Checkpoint.open(file);
        Checkpoint view = new CheckpointView(source, source.names(), Optional.of(TensorType.F16))) {
      assertArrayEquals(new float[] {65504f, Float.NEGATIVE_INFINITY}, view.floats("w"));
    }
    try (Checkpoint source = Checkpoint.open(large);
        Checkpoint view = new CheckpointView(source, source.names(), Optional.of(TensorType.F16))) {
      String message =
          assertThrows(CheckpointException.class, () -> ShardWriter.writeSingle(out, view))
              .getMessage();
      assertTrue(message.contains("'big' holds 65520.0"), message);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(2, left.count()); // nothing half-written
    }
  }
}
