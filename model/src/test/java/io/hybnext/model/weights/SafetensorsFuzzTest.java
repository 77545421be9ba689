package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutations of a sound file are read as a sound file or refused with a sentence, nothing else. */
class SafetensorsFuzzTest {
  private static final int MUTATIONS = 5_000;
  private static final String[] WORDS = {
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
    "9223372036854775807",
    "0",
    "F32",
    "BF16",
    "Q4",
    "\"shape\"",
    "\"dtype\"",
    "\"data_offsets\":[0,4]",
    "[[[[[[[[",
    "\u00ff"
  };

  @TempDir Path folder;

  @Test
  void shouldReadOrRefuseEveryMutation() throws IOException {
    Path path = folder.resolve("fuzz.safetensors");
    byte[] sound = soundFile(path);
    int[] outcomes = new int[2];
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int seed = 0; seed < MUTATIONS; seed++) {
            Files.write(path, mutate(sound, new Random(seed)));
            outcomes[readOrRefuse(path, seed) ? 1 : 0]++;
          }
        });
    assertEquals(MUTATIONS, outcomes[0] + outcomes[1]);
    assertTrue(outcomes[0] > MUTATIONS / 2 && outcomes[1] > 50, Arrays.toString(outcomes));
  }

  private static byte[] soundFile(Path path) throws IOException {
    new SafetensorsWriter()
        .metadata("format", "pt")
        .floats("layers.0.w", new float[] {1, 2, 3, 4}, 2, 2)
        .longs("ids", new long[] {1, 2, 3}, 3)
        .bytes("mask", new byte[] {1, 0, 1}, 3)
        .floats("scalar", new float[] {9})
        .write(path);
    return Files.readAllBytes(path);
  }

  private static boolean readOrRefuse(Path path, int seed) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      long bytes = 0;
      for (TensorEntry entry : file.entries().values()) {
        assertEquals(entry.size(), file.floats(entry.name()).length, "seed " + seed);
        bytes += entry.sizeBytes();
      }
      assertTrue(bytes < Files.size(path), "seed " + seed);
      return true;
    } catch (SafetensorsException refused) {
      assertEquals(1, refused.getMessage().lines().count(), "seed " + seed);
      return false;
    }
  }

  private static byte[] mutate(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      bytes =
          switch (random.nextInt(6)) {
            case 0 -> flipBit(bytes, random);
            case 1 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 9));
            case 2 -> headerLength(bytes, random);
            case 3 -> splice(bytes, random, WORDS[random.nextInt(WORDS.length)], 0);
            case 4 -> splice(bytes, random, WORDS[random.nextInt(WORDS.length)], 3);
            default -> splice(bytes, random, Integer.toString(random.nextInt(64)), 1);
          };
      if (bytes.length < 9) {
        break;
      }
    }
    return bytes;
  }

  private static byte[] flipBit(byte[] bytes, Random random) {
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static byte[] headerLength(byte[] bytes, Random random) {
    long length = random.nextBoolean() ? random.nextLong() : random.nextInt(bytes.length + 20);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    return bytes;
  }

  /** Replaces some header bytes by a word and corrects the header's length. */
  private static byte[] splice(byte[] bytes, Random random, String word, int replaced) {
    byte[] inserted = word.getBytes(StandardCharsets.ISO_8859_1);
    int at = 8 + random.nextInt(bytes.length - 8);
    int rest = Math.min(bytes.length, at + replaced);
    ByteBuffer spliced =
        ByteBuffer.allocate(at + inserted.length + bytes.length - rest)
            .order(ByteOrder.LITTLE_ENDIAN);
    spliced.put(bytes, 0, at).put(inserted).put(bytes, rest, bytes.length - rest);
    long length = spliced.getLong(0);
    return spliced.putLong(0, length + inserted.length - (rest - at)).array();
  }
}
