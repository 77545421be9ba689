package io.hybnext.model.tokenizer.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.network.NetworkFolder;
import io.hybnext.model.tokenizer.VqConfig;
import io.hybnext.model.tokenizer.VqTokenizer;
import io.hybnext.model.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VqTrainerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @TempDir Path folder;

  private static VqConfig model() throws IOException {
    return VqConfig.fromJson(
        JSON.readTree(
            "{\"codebook_size\": 16, \"codebook_embed_dim\": 4, \"encoder_ch_mult\": [1, 2],"
                + " \"decoder_ch_mult\": [1, 2], \"z_channels\": 8, \"_ch\": 8,"
                + " \"_num_res_blocks\": 1, \"_norm_num_groups\": 4, \"_in_channels\": 1,"
                + " \"_image_size\": 32, \"_pixel_shuffle\": 4}"));
  }

  private static VqTrainingConfig settings(int steps) throws IOException {
    ObjectNode json =
        (ObjectNode)
            JSON.readTree(
                VqTrainerTest.class.getResourceAsStream("small-training.json").readAllBytes());
    return VqTrainingConfig.fromJson(json.put("steps", steps));
  }

  /** Stripes and discs: something to reconstruct, from nothing but the index. */
  private static List<SourceImage> images(int count) {
    List<SourceImage> images = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      byte[] pixels = new byte[48 * 48];
      for (int i = 0; i < pixels.length; i++) {
        double dx = i % 48 - 10 - n % 28;
        double dy = i / 48 - 10 - n % 19;
        double disc = dx * dx + dy * dy < 60 + n ? 120 : 0;
        pixels[i] = (byte) (60 + disc + 40 * Math.sin((i % 48) * (0.1 + 0.01 * n)));
      }
      images.add(new SourceImage(48, 48, 1, pixels));
    }
    return images;
  }

  private static final class Log implements VqTrainer.Listener {
    private final List<VqTrainer.StepReport> steps = new ArrayList<>();
    private final List<ReconstructionCheck> checks = new ArrayList<>();

    @Override
    public void onPreparation(long step, int steps, float squaredError) {}

    @Override
    public void onStep(TokenizerStep report) {
      steps.add((VqTrainer.StepReport) report);
    }

    @Override
    public void onEvaluation(long step, ReconstructionCheck check) {
      checks.add(check);
    }
  }

  @Test
  void shouldImproveReconstructionsAndUseManyCodes() throws IOException {
    Log log = new Log();
    try (VqTrainer trainer = new VqTrainer(engine, model(), settings(60), images(24), images(4))) {
      trainer.run(folder, log, () -> false);
    }
    ReconstructionCheck first = log.checks.get(0);
    ReconstructionCheck last = log.checks.get(log.checks.size() - 1);
    assertTrue(last.psnr() > first.psnr() + 1, first + " " + last);
    assertTrue(last.codesUsed() >= 8, last.toString());
    assertTrue(log.steps.get(59).critic() > 0, "the discriminator learns by then");
    try (VqTokenizer tokenizer = VqTokenizer.load(engine, folder)) {
      List<byte[]> squares = images(4).stream().map(image -> image.square(32)).toList();
      ReconstructionCheck loaded = ReconstructionCheck.of(tokenizer, squares);
      assertEquals(last.psnr(), loaded.psnr(), 0.05, "the exported tokenizer is the one evaluated");
      assertEquals(64, tokenizer.fingerprint().length());
    }
  }

  @Test
  void shouldTrainNormsAndBiasesAndBothCritics() throws IOException {
    Log log = new Log();
    try (VqTrainer trainer = new VqTrainer(engine, model(), settings(60), images(24), images(4))) {
      trainer.run(folder, log, () -> false);
    }
    try (SafetensorsFile tokenizer = new NetworkFolder(folder).openWeights();
        SafetensorsFile state = SafetensorsFile.open(folder.resolve(VqTrainer.CHECKPOINT_FILE))) {
      assertTrue(spread(tokenizer.floats("decoder.norm_out.weight")) > 1e-3);
      assertTrue(spread(tokenizer.floats("decoder.norm_out.bias")) > 1e-3);
      assertTrue(spread(state.floats("critic.first")) > 0);
      assertTrue(spread(state.floats("senses.first")) > 0);
    }
  }

  private static double spread(float[] values) {
    float least = values[0];
    float most = values[0];
    for (float value : values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return (double) most - least;
  }

  @Test
  void shouldEndWithTheSameBytesAfterAnInterruption() throws IOException {
    Path whole = Files.createDirectory(folder.resolve("whole"));
    Path halves = Files.createDirectory(folder.resolve("halves"));
    try (VqTrainer trainer = new VqTrainer(engine, model(), settings(40), images(24), images(2))) {
      trainer.run(whole, new Log(), () -> false);
    }
    Log first = new Log();
    try (VqTrainer trainer = new VqTrainer(engine, model(), settings(40), images(24), images(2))) {
      trainer.run(halves, first, () -> first.steps.size() == 27);
    }
    try (VqTrainer trainer = new VqTrainer(engine, model(), settings(40), images(24), images(2))) {
      trainer.resume(halves.resolve(VqTrainer.CHECKPOINT_FILE));
      assertEquals(27, trainer.step());
      trainer.run(halves, new Log(), () -> false);
    }
    assertArrayEquals(
        Files.readAllBytes(new NetworkFolder(whole).weights()),
        Files.readAllBytes(new NetworkFolder(halves).weights()));
  }

  @Test
  void shouldNameMissingAndImpossibleSettings() throws IOException {
    ObjectNode json = (ObjectNode) settings(60).toJson();
    assertEquals(
        "learning_rate = 0.0: want above 0",
        message(json.deepCopy().put("learning_rate", 0.0)).replace("tokenizer training: ", ""));
    assertTrue(message(json.deepCopy().put("speed", 3)).contains("speed"));
    json.remove("seed");
    assertTrue(message(json).contains("seed"));
  }

  private static String message(ObjectNode json) {
    try {
      VqTrainingConfig.fromJson(json);
      return "";
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}
