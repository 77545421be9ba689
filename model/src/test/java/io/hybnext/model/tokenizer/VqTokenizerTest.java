package io.hybnext.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the random weights of the golden case. */
class VqTokenizerTest {
  private static final Path CASE =
      Path.of(System.getProperty("hybnext.root"), "tests", "golden", "llamagen-vq");

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private VqTokenizer tokenizer;

  @TempDir Path folder;

  @BeforeEach
  void load() throws IOException {
    tokenizer = VqTokenizer.load(engine, CASE);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  private static List<byte[]> images(int count) {
    List<byte[]> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      byte[] image = new byte[64 * 64 * 3];
      for (int i = 0; i < image.length; i++) {
        image[i] = (byte) (i * (n + 1) / 50);
      }
      images.add(image);
    }
    return images;
  }

  @Test
  void shouldGiveTheSameTokensForAnyBatch() {
    List<byte[]> images = images(19);
    int[][] together = tokenizer.encode(images);
    for (int i : new int[] {0, 15, 16, 18}) {
      assertArrayEquals(together[i], tokenizer.encode(images.subList(i, i + 1))[0]);
    }
    assertEquals(16, together[0].length);
    assertEquals(19, tokenizer.decode(together).size());
    assertEquals(64 * 64 * 3, tokenizer.decode(together).get(0).length);
  }

  @Test
  void shouldRefuseImagesAndTokensThatDoNotFit() {
    String image =
        assertThrows(IllegalArgumentException.class, () -> tokenizer.encode(List.of(new byte[7])))
            .getMessage();
    assertTrue(image.contains("64x64"), image);
    int[] row = new int[16];
    row[3] = 64;
    String token =
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(new int[][] {row}))
            .getMessage();
    assertEquals("token 64 of image 0: want 0 to 63", token);
    String length =
        assertThrows(
                IllegalArgumentException.class, () -> tokenizer.decode(new int[][] {new int[4]}))
            .getMessage();
    assertEquals("image 0 has 4 tokens: want 16", length);
  }

  @Test
  void shouldHaveAnotherFingerprintWithAnotherEpsilon() throws IOException {
    Files.copy(CASE.resolve("model.safetensors"), folder.resolve("model.safetensors"));
    String config = Files.readString(CASE.resolve("config.json"));
    Files.writeString(folder.resolve("config.json"), config);
    try (VqTokenizer same = VqTokenizer.load(engine, folder)) {
      assertEquals(tokenizer.fingerprint(), same.fingerprint());
    }
    Files.writeString(folder.resolve("config.json"), config.replace("1e-06", "1e-05"));
    try (VqTokenizer other = VqTokenizer.load(engine, folder)) {
      assertTrue(!tokenizer.fingerprint().equals(other.fingerprint()));
    }
  }

  @Test
  void shouldNameMisfittingWeights() throws IOException {
    Files.copy(CASE.resolve("model.safetensors"), folder.resolve("model.safetensors"));
    String config = Files.readString(CASE.resolve("config.json"));
    Files.writeString(
        folder.resolve("config.json"), config.replace("\"z_channels\": 16", "\"z_channels\": 24"));
    String message =
        assertThrows(IOException.class, () -> VqTokenizer.load(engine, folder)).getMessage();
    assertTrue(message.contains("encoder.conv_out.weight"), message);
  }
}
