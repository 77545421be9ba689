package io.hybnext.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.tokenizer.VqNetwork.Encoded;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Against LlamaGen's own VQ-16 (commit ce98ec4, PyTorch 2.13, float32), case {@code llamagen-vq}:
 * random weights, 64 x 64 images. Forward rtol 1e-4, atol 1e-5 of the largest value; gradients rtol
 * 1e-3, atol 1e-5 of the largest value; indices exact. Dividing by the entropy loss's temperature
 * of 0.01 lifts the original's own float32 noise (noise.json) above that for some gradients of case
 * r0p1: there the noise is the tolerance.
 */
class VqGoldenTest {
  private static final Path CASE =
      Path.of(System.getProperty("hybnext.root"), "tests", "golden", "llamagen-vq");

  private static final String NOISE = "max_abs_diff_fp32_vs_fp64";

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @Test
  void shouldEncodeQuantiseAndDecodeAsTheOriginal() throws IOException {
    VqConfig config = VqConfig.read(CASE.resolve("config.json"));
    try (Scope scope = engine.openScope("golden");
        VqNetwork network = VqNetwork.compile(engine, config);
        SafetensorsFile model = SafetensorsFile.open(CASE.resolve("model.safetensors"));
        SafetensorsFile io = SafetensorsFile.open(CASE.resolve("io.safetensors"))) {
      VqWeights weights = VqWeights.load(scope, network, model);
      Array image = WeightLoader.load(scope, io, "image", ElementType.FLOAT32);
      Array bytes = WeightLoader.load(scope, io, "image_u8", ElementType.UINT8);
      near(io.floats("image"), network.normalise(scope, bytes).toFloats(), 1e-4, 1e-5);
      Encoded encoded = network.encode(scope, weights, image);
      near(io.floats("encoder_out"), encoded.encoderOut().toFloats(), 1e-4, 1e-5);
      near(io.floats("latent"), encoded.latent().toFloats(), 1e-4, 1e-5);
      near(io.floats("quant"), encoded.quant().toFloats(), 1e-4, 1e-5);
      assertArrayEquals(io.longs("indices"), encoded.indices().toLongs());
      Array entries = network.entries(scope, weights, encoded.indices());
      near(io.floats("codebook_entries"), entries.toFloats(), 1e-4, 1e-5);
      Array decoded = network.decode(scope, weights, entries);
      near(io.floats("recon_from_indices"), decoded.toFloats(), 1e-4, 1e-5);
      byte[] wanted = io.bytes("recon_u8_save_image");
      byte[] got = network.toBytes(scope, decoded).toBytes();
      for (int i = 0; i < wanted.length; i++) {
        assertEquals(wanted[i] & 0xff, got[i] & 0xff, 1, "byte " + i);
      }
      CodebookUsage usage = new CodebookUsage(config.codebookSize());
      usage.add(encoded.indices().toLongs());
      assertEquals(io.floats("codebook_usage")[0], usage.fraction(), 1e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"r0, 0.0", "r0p1, 0.1"})
  void shouldGiveLossesAndGradientsOfTheOriginal(String run, double entropyRatio)
      throws IOException {
    ObjectNode json = VqConfig.read(CASE.resolve("config.json")).toJson();
    VqConfig config = VqConfig.fromJson(json.put("entropy_loss_ratio", entropyRatio));
    try (Scope scope = engine.openScope("golden");
        VqNetwork network = VqNetwork.compile(engine, config);
        SafetensorsFile model = SafetensorsFile.open(CASE.resolve("model.safetensors"));
        SafetensorsFile io = SafetensorsFile.open(CASE.resolve("io.safetensors"));
        SafetensorsFile grads = SafetensorsFile.open(CASE.resolve("grads.safetensors"))) {
      VqWeights weights = VqWeights.load(scope, network, model);
      Array image = WeightLoader.load(scope, io, "image", ElementType.FLOAT32);
      VqNetwork.Losses losses = network.losses(weights, image);
      near(io.floats(run + "_rec_mse"), new float[] {losses.recMse()}, 1e-4, 1e-5);
      near(io.floats(run + "_vq_loss"), new float[] {losses.vq()}, 1e-4, 1e-5);
      near(io.floats(run + "_commit_loss"), new float[] {losses.commit()}, 1e-4, 1e-5);
      near(io.floats(run + "_entropy_loss"), new float[] {losses.entropy()}, 1e-4, 1e-5);
      near(io.floats(run + "_loss"), new float[] {losses.total()}, 1e-4, 1e-5);
      JsonNode noise =
          new ObjectMapper().readTree(CASE.resolve("noise.json").toFile()).get("grads");
      int compared = 0;
      for (String name : grads.names()) {
        if (name.startsWith(run + "/")) {
          float[] got = losses.gradients().get(name.substring(run.length() + 1));
          float[] wanted = grads.floats(name);
          nearGradient(name, wanted, got, noise.get(name).get(NOISE).asDouble());
          compared++;
        }
      }
      assertEquals(13, compared);
    }
  }

  @Test
  void shouldRefuseUnknownSettingByName() {
    ObjectNode json = new ObjectMapper().createObjectNode().put("codebook_sise", 5);
    String message = "";
    try {
      VqConfig.fromJson(json);
    } catch (IllegalArgumentException e) {
      message = e.getMessage();
    }
    assertTrue(message.startsWith("codebook_sise = 5: want one of"), message);
  }

  private static void near(float[] wanted, float[] got, double relative, double absolute) {
    assertEquals(wanted.length, got.length);
    double largest = 1;
    for (float value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < wanted.length; i++) {
      double allowed = absolute * largest + relative * Math.abs(wanted[i]);
      assertEquals(wanted[i], got[i], allowed, "element " + i);
    }
  }

  private static void nearGradient(String name, float[] wanted, float[] got, double noise) {
    assertEquals(wanted.length, got.length);
    double largest = 0;
    for (float value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < wanted.length; i++) {
      double allowed = Math.max(noise, 1e-5 * largest + 1e-3 * Math.abs(wanted[i]));
      assertEquals(wanted[i], got[i], allowed, name + " element " + i);
    }
  }
}
