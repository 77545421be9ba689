package io.hybnext.model.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the encoder cases notice what is easily got wrong; module tests runs them whole. */
class EncoderCasesTest {
  private static final Path GOLDEN = Path.of(System.getProperty("hybnext.root"), "tests", "golden");

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @ParameterizedTest
  @CsvSource({
    "encoder-clip-l, quick_gelu, gelu, io/image_embeds",
    "encoder-biomedclip, '\"num_heads\": 4', '\"num_heads\": 3', io/oc_image_embeds",
    "encoder-biomedclip-text, '\"pad_token_id\": 0', '\"pad_token_id\": 7', io/last_hidden_state"
  })
  void shouldFailWhenTheNetworkIsAnother(
      String name, String right, String wrong, String tensor, @TempDir Path folder)
      throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN.resolve(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    String config = Files.readString(folder.resolve("config.json"));
    assertTrue(config.contains(right));
    Files.writeString(folder.resolve("config.json"), config.replace(right, wrong));
    CaseReport report = new Verifier(engine, Precision.FP32).verify(folder);
    assertEquals(name, report.kind());
    assertTrue(
        report.failed().stream().anyMatch(result -> result.name().equals(tensor)),
        report.summary());
  }
}
