package io.hybnext.model.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mutations of sound files are read or refused with a sentence: no crash, no hang, no flood. */
class TorchFileFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("hybnext.fuzz.mutations", 1_500);
  private static final long SEED = Long.getLong("hybnext.fuzz.seed", 1);
  private static final String OPERATIONS =
      "(0123.}]){tbseaurqhjcQRNKMJGXUTCB\u0080\u0081\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d"
          + "\u008e\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"bare.pt", "legacy.pt", "training.pt", "protocol4.ckpt"})
  void shouldReadOrRefuseEveryMutation(String name) throws IOException {
    byte[] sound = Files.readAllBytes(TorchFileTest.resource(name));
    Path path = folder.resolve(name);
    int[] outcomes = new int[2];
    Assertions.assertTimeoutPreemptively(
        Duration.ofMinutes(5).multipliedBy(Math.max(1, MUTATIONS / 1_500)),
        () -> {
          for (int i = 0; i < MUTATIONS; i++) {
            long seed = SEED * 1_000_003 + i;
            Files.write(path, mutate(sound, new Random(seed)));
            outcomes[readOrRefuse(path, seed) ? 1 : 0]++;
          }
        });
    assertTrue(outcomes[0] > MUTATIONS / 20, "refused " + outcomes[0]);
    assertTrue(outcomes[1] > MUTATIONS / 50, "read " + outcomes[1]);
  }

  private static boolean readOrRefuse(Path path, long seed) throws IOException {
    try (TorchFile file = TorchFile.open(path)) {
      for (String name : file.names()) {
        long[] bytes = new long[1];
        file.stream(name, piece -> bytes[0] += piece.remaining());
        assertEquals(file.entry(name).sizeBytes(), bytes[0], "seed " + seed);
        assertTrue(bytes[0] <= Files.size(path), "seed " + seed);
      }
      return true;
    } catch (CheckpointException refused) {
      assertEquals(1, refused.getMessage().lines().count(), "seed " + seed);
      assertTrue(refused.getMessage().length() < 1_500, "seed " + seed);
      return false;
    }
  }

  private static byte[] mutate(byte[] sound, Random random) {
    byte[] bytes = sound.clone();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count && bytes.length > 2; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(7)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) OPERATIONS.charAt(random.nextInt(OPERATIONS.length()));
        case 2 -> bytes[at] = (byte) random.nextInt();
        case 3 -> number(bytes, at, random);
        case 4 -> copy(bytes, random);
        case 5 -> bytes = java.util.Arrays.copyOf(bytes, Math.max(2, at));
        default -> bytes = spliced(bytes, at, random);
      }
    }
    return bytes;
  }

  private static void number(byte[] bytes, int at, Random random) {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    if (at + 8 <= bytes.length) {
      int[] extremes = {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xff, 0x7fff0000};
      all.putInt(at, extremes[random.nextInt(extremes.length)]);
      if (random.nextBoolean()) {
        all.putInt(at + 4, extremes[random.nextInt(extremes.length)]);
      }
    }
  }

  private static void copy(byte[] bytes, Random random) {
    int length = Math.min(bytes.length, 1 + random.nextInt(64));
    int from = random.nextInt(bytes.length - length + 1);
    int to = random.nextInt(bytes.length - length + 1);
    System.arraycopy(bytes, from, bytes, to, length);
  }

  private static byte[] spliced(byte[] bytes, int at, Random random) {
    int removed = Math.min(random.nextInt(4), bytes.length - at);
    int added = random.nextInt(6);
    ByteBuffer result = ByteBuffer.allocate(bytes.length - removed + added);
    result.put(bytes, 0, at);
    for (int i = 0; i < added; i++) {
      result.put((byte) OPERATIONS.charAt(random.nextInt(OPERATIONS.length())));
    }
    return result.put(bytes, at + removed, bytes.length - at - removed).array();
  }
}
