package io.hybnext.tests.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.model.weights.Checkpoint;
import io.hybnext.model.weights.CheckpointException;
import io.hybnext.model.weights.SafetensorsWriter;
import io.hybnext.model.weights.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files of weights: safetensors, PyTorch's, indexes of shards. */
final class WeightTargets {
  private static final List<String> HEADER_WORDS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\u0000",
          "null",
          "-1",
          "1e99",
          "0",
          "F32",
          "BF16",
          "Q4",
          "\"shape\"",
          "\"dtype\"",
          "\"data_offsets\":[0,4]",
          "[[[[[[[[",
          "\u00ff");
  private static final String OPERATIONS =
      "(0123.}]){tbseaurqhjcQRNKMJGXUTCB\u0080\u0081\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c"
          + "\u008d\u008e\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096";
  private static final List<String> INDEX_WORDS =
      List.of("\"weight_map\":{", "a.safetensors", "../a", "\"w\":", "{", "}", "\"", ",", "null");

  private final Path root;
  private final Path folder;

  WeightTargets(Path root, Path folder) {
    this.root = root;
    this.folder = folder;
  }

  List<FuzzTarget> all() throws IOException {
    List<FuzzTarget> all = new ArrayList<>();
    all.add(
        file("safetensors", "fuzz.safetensors", soundSafetensors(), HEADER_WORDS)
            .sealed(WeightTargets::withHeaderLength));
    for (String name : List.of("bare.pt", "legacy.pt", "training.pt", "protocol4.ckpt")) {
      Path sound = root.resolve("model/src/test/resources/io/hybnext/model/weights/torch");
      all.add(file(name, name, Files.readAllBytes(sound.resolve(name)), operations()));
    }
    all.add(index());
    return all;
  }

  private FuzzTarget file(String title, String name, byte[] sound, List<String> words) {
    Path path = folder.resolve(name);
    return FuzzTarget.of(
        title,
        List.of(sound),
        words,
        input -> {
          Files.write(path, input);
          readAll(path, input.length);
        },
        List.of(CheckpointException.class));
  }

  private static void readAll(Path path, long lengthBytes) throws IOException {
    try (Checkpoint file = Checkpoint.open(path)) {
      for (TensorEntry entry : file.entries().values()) {
        long[] bytes = new long[1];
        file.stream(entry.name(), piece -> bytes[0] += piece.remaining());
        assertEquals(entry.sizeBytes(), bytes[0]);
        assertTrue(bytes[0] <= lengthBytes, entry.toString());
        assertEquals(entry.size(), file.floats(entry.name()).length);
      }
    }
  }

  private byte[] soundSafetensors() throws IOException {
    Path path = folder.resolve("sound.safetensors");
    new SafetensorsWriter()
        .metadata("format", "pt")
        .floats("layers.0.w", new float[] {1, 2, 3, 4}, 2, 2)
        .longs("ids", new long[] {1, 2, 3}, 3)
        .bytes("mask", new byte[] {1, 0, 1}, 3)
        .floats("scalar", new float[] {9})
        .write(path);
    return Files.readAllBytes(path);
  }

  /** Numbers are as far apart as before; the header ends where its last brace is. */
  private static byte[] withHeaderLength(byte[] bytes) {
    int end = bytes.length;
    while (end > Long.BYTES && bytes[end - 1] != '}') {
      end--;
    }
    if (bytes.length < Long.BYTES) {
      return bytes;
    }
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, end - Long.BYTES);
    return bytes;
  }

  private static List<String> operations() {
    return OPERATIONS.chars().mapToObj(Character::toString).toList();
  }

  private FuzzTarget index() throws IOException {
    Path shards = Files.createDirectories(folder.resolve("shards"));
    new SafetensorsWriter()
        .floats("a", new float[] {1}, 1)
        .write(shards.resolve("model-00001-of-00002.safetensors"));
    new SafetensorsWriter()
        .floats("b", new float[] {2}, 1)
        .write(shards.resolve("model-00002-of-00002.safetensors"));
    String sound =
        "{\"metadata\":{\"total_size\":8},\"weight_map\":{"
            + "\"a\":\"model-00001-of-00002.safetensors\","
            + "\"b\":\"model-00002-of-00002.safetensors\"}}";
    Path path = shards.resolve("model.safetensors.index.json");
    return FuzzTarget.of(
        "sharded index",
        List.of(sound.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
        INDEX_WORDS,
        input -> {
          Files.write(path, input);
          readAll(path, Long.MAX_VALUE);
        },
        List.of(CheckpointException.class));
  }
}
