package io.hybnext.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chameleon's tokenizer as ingestion and drawing use it; its folder is the golden case's. */
class ChameleonTokenizerTest {
  private static final Path CASE =
      Path.of(System.getProperty("hybnext.root"), "tests", "golden", "chameleon-vq");

  @Test
  void shouldTokeniseAndDrawAsTheOriginal() throws IOException {
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    try (VqTokenizer tokenizer = VqTokenizer.load(engine, CASE);
        Checkpoint io = Checkpoint.open(CASE.resolve("io.safetensors"))) {
      byte[] all = io.bytes("image_u8");
      int length = all.length / 2;
      List<byte[]> images = new ArrayList<>();
      images.add(Arrays.copyOf(all, length));
      images.add(Arrays.copyOfRange(all, length, all.length));
      int[][] tokens = tokenizer.encode(images);
      long[] expected = io.longs("indices");
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], tokens[i / 64][i % 64], "token " + i);
      }
      byte[] drawn = io.bytes("recon_u8");
      List<byte[]> pictures = tokenizer.decode(tokens);
      int off = 0;
      for (int i = 0; i < drawn.length; i++) {
        int difference = drawn[i] - pictures.get(i / length)[i % length];
        assertTrue(Math.abs(difference) <= 1, "pixel " + i);
        off += difference == 0 ? 0 : 1;
      }
      assertTrue(off < drawn.length / 1000, off + " pixels off by one: want truncation");
    }
  }

  @Test
  void shouldWriteTheSettingsThatItReads() throws IOException {
    VqConfig config = VqConfig.read(CASE.resolve("config.json"));
    assertEquals(VqFamily.CHAMELEON, config.family());
    assertEquals(config, VqConfig.fromJson(config.toJson()));
    VqConfig released = VqConfig.fromJson(new ObjectMapper().readTree("{\"ddconfig\": {}}"));
    assertEquals(8192, released.codebookSize());
    assertEquals(512, released.imageSize());
    assertArrayEquals(
        new Integer[] {1, 1, 2, 2, 4}, released.encoderChMult().toArray(Integer[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'ddconfig':{'attn_resolutions':[16]}} | attn_resolutions = [16]: want []",
        "{'ddconfig':{'double_z':true}} | double_z = true: want false",
        "{'ddconfig':{'out_ch':1}} | out_ch = 1: want in_channels = 3",
        "{'ddconfig':{},'legacy':false} | legacy = false: want true",
        "{'ddconfig':{},'n_codes':5} | n_codes = 5: want"
      })
  void shouldRefuseWhatTheNetworkLacks(String json, String reason) throws IOException {
    var node = new ObjectMapper().readTree(json.replace('\'', '"'));
    String message =
        assertThrows(IllegalArgumentException.class, () -> VqConfig.fromJson(node)).getMessage();
    assertTrue(message.startsWith(reason), message);
  }
}
