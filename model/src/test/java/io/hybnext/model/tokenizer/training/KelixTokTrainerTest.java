package io.hybnext.model.tokenizer.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.kelix.KelixTokConfig;
import io.hybnext.model.kelix.KelixTokenizer;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KelixTokTrainerTest {
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @TempDir Path folder;

  private static KelixTokConfig model(boolean readOut) {
    return new KelixTokConfig(
        4, 1, 8, 16, 1, 2, 32, 1e-6, 10000, 24, 32, 4, 8, 24, 16, false, 32, readOut);
  }

  private static KelixTokTrainingConfig settings(int steps) {
    return new KelixTokTrainingConfig(
        3, steps, 6, 3e-3, 5, 0.1, 0.95, 0, 1, 200, 5, 0.5, 0.8, 0.1, 0.05, 40, 20);
  }

  private static List<SourceImage> images(int count) {
    List<SourceImage> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      byte[] pixels = new byte[40 * 40];
      for (int i = 0; i < pixels.length; i++) {
        double dx = i % 40 - 8 - n % 24;
        double dy = i / 40 - 8 - n % 17;
        double disc = dx * dx + dy * dy < 60 + n ? 120 : 0;
        pixels[i] = (byte) (50 + disc + 30 * Math.sin((i % 40) * (0.1 + 0.01 * n)));
      }
      images.add(new SourceImage(40, 40, 1, pixels));
    }
    return images;
  }

  private static final class Log implements TokenizerTrainer.Listener {
    private final List<ReconstructionCheck> checks = new ArrayList<>();
    private final List<TokenizerStep> steps = new ArrayList<>();

    @Override
    public void onPreparation(long step, int steps, float squaredError) {}

    @Override
    public void onStep(TokenizerStep report) {
      steps.add(report);
    }

    @Override
    public void onEvaluation(long step, ReconstructionCheck check) {
      checks.add(check);
    }
  }

  private Log train(Path into, int steps, BooleanSupplier stop) throws IOException {
    Log log = new Log();
    try (KelixTokTrainer trainer =
        new KelixTokTrainer(engine, model(true), settings(steps), images(24), images(4))) {
      Path checkpoint = into.resolve(TokenizerTrainer.CHECKPOINT_FILE);
      if (Files.exists(checkpoint)) {
        trainer.resume(checkpoint);
      }
      trainer.run(into, log, stop);
    }
    return log;
  }

  @Test
  void shouldLearnToReconstructAndKeepTheCentresFrozen() throws IOException {
    Log log = train(folder, 160, () -> false);
    ReconstructionCheck first = log.checks.get(0);
    ReconstructionCheck last = log.checks.get(log.checks.size() - 1);
    assertTrue(last.psnr() > first.psnr() + 1, first + " " + last);
    assertTrue(last.codesUsed() >= 16, "of 32: " + last);
    try (SafetensorsFile shipped = SafetensorsFile.open(folder.resolve("model.safetensors"));
        SafetensorsFile state =
            SafetensorsFile.open(folder.resolve(TokenizerTrainer.CHECKPOINT_FILE))) {
      float[] centres = state.floats("codebook.table");
      for (int code = 0; code < 4; code++) {
        assertArrayEquals(centres, shipped.floats("quantizer." + code + ".embedding.weight"));
      }
    }
  }

  @Test
  void shouldGiveImagesBackThroughItsCodes() throws IOException {
    train(folder, 40, () -> false);
    byte[] square = images(1).get(0).square(32);
    try (KelixTokenizer tokenizer = KelixTokenizer.load(engine, folder);
        KelixTokenizer again = KelixTokenizer.load(engine, folder)) {
      assertEquals(16 * 4, tokenizer.codes().tokensPerImage());
      assertEquals(8, tokenizer.codes().codebookSize());
      int[][] tokens = tokenizer.encode(List.of(square, square));
      assertArrayEquals(tokens[0], tokens[1]);
      List<byte[]> made = tokenizer.decode(tokens);
      assertEquals(square.length, made.get(0).length);
      assertArrayEquals(made.get(0), again.decode(tokens).get(1));
      assertEquals(tokenizer.fingerprint(), again.fingerprint());
    }
  }

  @Test
  void shouldEndWithTheSameBytesAfterAStop() throws IOException {
    Path whole = Files.createDirectory(folder.resolve("whole"));
    Path halves = Files.createDirectory(folder.resolve("halves"));
    train(whole, 24, () -> false);
    int[] asked = {0};
    train(halves, 24, () -> asked[0]++ == 11);
    train(halves, 24, () -> false);
    assertArrayEquals(
        Files.readAllBytes(whole.resolve("model.safetensors")),
        Files.readAllBytes(halves.resolve("model.safetensors")));
  }

  @Test
  void shouldRefuseToTrainWithoutReadOut() {
    IllegalArgumentException wrong =
        assertThrows(
            IllegalArgumentException.class,
            () -> new KelixTokTrainer(engine, model(false), settings(1), images(2), images(1)));
    assertTrue(wrong.getMessage().startsWith("_read_out = false"), wrong.getMessage());
  }

  @Test
  void shouldReadItsOwnSettingsBack() throws IOException {
    KelixTokConfig config = model(true);
    assertEquals(config, KelixTokConfig.fromJson(config.toJson()));
    KelixTokTrainingConfig training = settings(9);
    assertEquals(
        training,
        KelixTokTrainingConfig.fromJson(new ObjectMapper().readTree(training.toJson().toString())));
  }
}
