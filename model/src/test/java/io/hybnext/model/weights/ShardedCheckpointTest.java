package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedCheckpointTest {
  @TempDir Path folder;

  @BeforeEach
  void writeShards() throws IOException {
    new SafetensorsWriter()
        .floats("a", new float[] {1, 2}, 2)
        .floats("b", new float[] {3}, 1)
        .write(folder.resolve("model-00001-of-00002.safetensors"));
    new SafetensorsWriter()
        .floats("c", new float[] {4}, 1)
        .write(folder.resolve("model-00002-of-00002.safetensors"));
    index(
        "{'metadata':{'total_size':16,'deep':[{}]},'weight_map':{'a':'model-00001-of-00002.safetensors',"
            + "'b':'model-00001-of-00002.safetensors','c':'model-00002-of-00002.safetensors'}}");
  }

  private Path index(String json) throws IOException {
    return Files.writeString(
        folder.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
  }

  @Test
  void shouldShowAllShardsAsOneCheckpoint() throws IOException {
    try (Checkpoint whole = Checkpoint.open(folder)) {
      assertEquals(Set.of("a", "b", "c"), whole.names());
      assertArrayEquals(new float[] {1, 2}, whole.floats("a"));
      assertArrayEquals(new float[] {4}, whole.floats("c"));
      assertThrows(CheckpointException.class, () -> whole.floats("d"));
    }
  }

  @Test
  void shouldNameEveryMissingShard() throws IOException {
    Files.delete(folder.resolve("model-00001-of-00002.safetensors"));
    Files.delete(folder.resolve("model-00002-of-00002.safetensors"));
    String message =
        assertThrows(CheckpointException.class, () -> Checkpoint.open(folder)).getMessage();
    assertTrue(
        message.contains("model-00001-of-00002") && message.contains("model-00002-of-00002"));
  }

  @Test
  void shouldNameATruncatedShard() throws IOException {
    Path shard = folder.resolve("model-00002-of-00002.safetensors");
    byte[] whole = Files.readAllBytes(shard);
    Files.write(shard, java.util.Arrays.copyOf(whole, whole.length - 1));
    String message =
        assertThrows(CheckpointException.class, () -> Checkpoint.open(folder)).getMessage();
    assertTrue(message.contains("model-00002-of-00002.safetensors"), message);
  }

  @Test
  void shouldNameEveryDifferenceBetweenIndexAndShards() throws IOException {
    index(
        "{'weight_map':{'a':'model-00001-of-00002.safetensors',"
            + "'x':'model-00001-of-00002.safetensors','c':'model-00002-of-00002.safetensors'}}");
    String message =
        assertThrows(CheckpointException.class, () -> Checkpoint.open(folder)).getMessage();
    assertTrue(message.contains("model-00001-of-00002.safetensors lacks x"), message);
    assertTrue(message.contains("has b beyond the index"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'weight_map':{'a':'../secret'}} | plain name",
        "{'weight_map':{'a':'/etc/passwd'}} | plain name",
        "{'weight_map':{'a':'..'}} | plain name",
        "{'weight_map':{'a':'model.safetensors.index.json'}} | plain name",
        "{'weight_map':{'a':7}} | no text",
        "{'weight_map':[]} | no object",
        "{'weight_map':{}} | no weight_map",
        "[] | no JSON object",
        "{'weight_map':{'a': | not the JSON",
        "{'a':{'a':{'a':{'a':{'a':{'a':{'a':{'a':{'a':1}}}}}}}}} | not the JSON"
      })
  void shouldRefuseAnIndexWithTheReason(String json, String reason) throws IOException {
    Path index = index(json);
    String message =
        assertThrows(CheckpointException.class, () -> Checkpoint.open(index)).getMessage();
    assertTrue(message.contains(reason) && message.contains(index.toString()), message);
    assertEquals(1, message.lines().count());
  }

  /** Found by fuzzing: bytes that look like UTF-32 end the parser with another exception. */
  @Test
  void shouldRefuseAnIndexOfAnotherEncoding() throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    Files.write(index, new byte[] {0, 0, 0, '{', 't', '`', 'd', 'a'});
    String message =
        assertThrows(CheckpointException.class, () -> Checkpoint.open(index)).getMessage();
    assertTrue(message.contains("index.json is not the JSON of an index"), message);
  }
}
