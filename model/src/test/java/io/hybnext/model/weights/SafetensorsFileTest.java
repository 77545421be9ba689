package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void shouldReadBackWhatWasWritten() throws IOException {
    Path path = folder.resolve("all.safetensors");
    ByteBuffer narrow = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    narrow.putShort(0, (short) 0x3f80).putShort(2, (short) 0xc049);
    ByteBuffer halves = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    halves.putShort(0, (short) 0x3c00).putShort(2, (short) 0x8001);
    halves.putShort(4, (short) 0xfc00).putShort(6, (short) 0x7bff);
    ByteBuffer ints = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, -7);
    new SafetensorsWriter()
        .metadata("format", "pt")
        .floats("f32", new float[] {1f, -2.5f, 3f, 4f, 5f, 6f}, 2, 3)
        .doubles("f64", new double[] {Math.PI})
        .longs("i64", new long[] {Long.MIN_VALUE, 9}, 2)
        .bytes("u8", new byte[] {0, (byte) 255, 7}, 3)
        .floats("none", new float[0], 4, 0)
        .add("bf16", TensorType.BF16, new long[] {2}, narrow::duplicate)
        .add("f16", TensorType.F16, new long[] {4}, halves::duplicate)
        .add("i32", TensorType.I32, new long[] {1}, ints::duplicate)
        .add("bool", TensorType.BOOL, new long[] {2}, () -> ByteBuffer.wrap(new byte[] {1, 0}))
        .write(path);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals("pt", file.metadata().get("format"));
      assertEquals(9, file.names().size());
      assertArrayEquals(new long[] {2, 3}, file.entry("f32").shape());
      assertArrayEquals(new float[] {1f, -2.5f, 3f, 4f, 5f, 6f}, file.floats("f32"));
      assertArrayEquals(new double[] {Math.PI}, file.doubles("f64"));
      assertArrayEquals(new long[0], file.entry("f64").shape());
      assertArrayEquals(new long[] {Long.MIN_VALUE, 9}, file.longs("i64"));
      assertArrayEquals(new byte[] {0, (byte) 255, 7}, file.bytes("u8"));
      assertArrayEquals(new float[] {0, 255, 7}, file.floats("u8"));
      assertEquals(0, file.floats("none").length);
      assertArrayEquals(new float[] {1f, -3.140625f}, file.floats("bf16"));
      assertArrayEquals(
          new float[] {1f, -0x1p-24f, Float.NEGATIVE_INFINITY, 65504f}, file.floats("f16"));
      assertArrayEquals(new long[] {-7}, file.longs("i32"));
      assertArrayEquals(new byte[] {1, 0}, file.bytes("bool"));
    }
  }

  @Test
  void shouldKeepTheOldFileWhenWritingFails() throws IOException {
    Path path = folder.resolve("kept.safetensors");
    new SafetensorsWriter().floats("a", new float[] {1}, 1).write(path);
    SafetensorsWriter broken =
        new SafetensorsWriter()
            .add(
                "a",
                TensorType.U8,
                new long[] {1},
                () -> {
                  throw new IOException("no space left");
                });
    assertThrows(IOException.class, () -> broken.write(path));
    try (SafetensorsFile file = SafetensorsFile.open(path);
        Stream<Path> present = Files.list(folder)) {
      assertArrayEquals(new float[] {1}, file.floats("a"));
      assertEquals(List.of(path), present.toList());
    }
  }

  @Test
  void shouldNameFileAndTensorThatIsMissing() throws IOException {
    Path path = folder.resolve("a.safetensors");
    new SafetensorsWriter().floats("a", new float[] {1}, 1).write(path);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      String message = assertThrows(CheckpointException.class, () -> file.floats("b")).getMessage();
      assertTrue(message.contains("a.safetensors") && message.contains("'b'"), message);
      assertFalse(file.contains("b"));
    }
    Path absent = folder.resolve("absent");
    assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(absent));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          [1]|does not start with '{'
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}|not the JSON
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x|not the JSON
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} 1|goes on behind
          {"a":{"dtype":"C64","shape":[1],"data_offsets":[0,4]}}|has dtype 'C64', want one of F64
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}|has 4 bytes, but F32[2] needs 8
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}|has 8 bytes, but F32[1] needs 4
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}|ends at byte 8 of 4
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}|ends before it begins
          {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}|2 bytes behind its last tensor
          {"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}|leaves a hole of 2 bytes
          {"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}|overlaps
          {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}|Duplicate field 'a'
          {"a":{"dtype":"F32","shape":[4294967296,4294967296,1],"data_offsets":[0,4]}}|more than 63 bits
          {"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}|beyond 63 bits
          {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}|negative
          {"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}|no whole number
          {"a":{"dtype":"F32","shape":[1]}}|no data_offsets
          {"a":{"dtype":"F32","data_offsets":[0,4]}}|no shape
          {"a":{"shape":[1],"data_offsets":[0,4]}}|no dtype
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}|unknown field 'x'
          {"a":[1]}|is not an object
          {"__metadata__":{"k":1}}|value that is no text
          """)
  void shouldSayWhatIsWrongWithTheHeader(String header, String sentence) throws IOException {
    Path path = folder.resolve("bad.safetensors");
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 4).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(path, bytes.putLong(json.length).put(json).array());
    String message =
        assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path)).getMessage();
    assertTrue(message.contains("bad.safetensors") && message.contains(sentence), message);
    assertEquals(1, message.lines().count(), message);
  }

  @ParameterizedTest
  @CsvSource({"-1", "9223372036854775807", "100000001", "99999999", "13"})
  void shouldRefuseImpossibleHeaderLengthWithoutReservingIt(long length) throws IOException {
    Path path = folder.resolve("long.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(path, bytes.putLong(0, length).array());
    assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path));
  }
}
