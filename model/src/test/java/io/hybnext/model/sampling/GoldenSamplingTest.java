package io.hybnext.model.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.ElementType;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.transformer.CaptionFeatures;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerJson;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.weights.SafetensorsFile;
import io.hybnext.model.weights.WeightLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against LlamaGen's own cached sampler: cases llamagen-c2i and llamagen-t2i, tokens exact. */
class GoldenSamplingTest {
  private static final Path GOLDEN = Path.of(System.getProperty("hybnext.root"), "tests", "golden");

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @ParameterizedTest
  @CsvSource({
    "llamagen-c2i, gen_cfg1, 1, -1, true",
    "llamagen-c2i, gen_cfg4, 4, -1, true",
    "llamagen-c2i, gen_cfg4_interval3, 4, 3, true",
    "llamagen-t2i, gen_cfg1, 1, -1, true",
    "llamagen-t2i, gen_cfg4, 4, -1, true",
    "llamagen-t2i, gen_cfg7p5_nomask, 7.5, -1, false"
  })
  void shouldGenerateAsTheOriginal(
      String name, String run, double scale, int interval, boolean masked) throws IOException {
    Path folder = GOLDEN.resolve(name);
    TransformerConfig config =
        TransformerJson.read(new ObjectMapper().readTree(folder.resolve("config.json").toFile()));
    try (SafetensorsFile io = SafetensorsFile.open(folder.resolve("io.safetensors"));
        ModelWeights weights = load(folder, config);
        TokenSampler sampler = new TokenSampler(engine, config, Precision.FP32)) {
      Condition condition = condition(config, io, masked);
      SamplingSettings settings = SamplingSettings.greedy(scale).withCfgInterval(interval);
      long[] samples = new long[condition.batchSize()];
      TokenSampler.Traced traced = sampler.trace(weights, condition, settings, 1, samples);
      long[] flat =
          Arrays.stream(traced.tokens()).flatMapToInt(Arrays::stream).asLongStream().toArray();
      assertArrayEquals(io.longs(run + "_tokens"), flat);
      float[] want = io.floats(run + "_logits");
      for (int i = 0; i < want.length; i++) {
        assertEquals(want[i], traced.logits()[i], 1e-4 * Math.abs(want[i]) + 5e-5, "logit " + i);
      }
      SamplingSettings one =
          new SamplingSettings(scale, interval, 1, 1, 1, false); // top-k 1 draws the likeliest too
      int[][] drawn = sampler.generate(weights, condition, one, 1, samples, (done, total) -> {});
      assertArrayEquals(traced.tokens(), drawn);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "filter_t0p7_k0_p0p8_probs, 0.7, 0, 0.8",
    "filter_t1_k1_p1_probs, 1, 1, 1",
    "filter_t1_k5_p1_probs, 1, 5, 1",
    "filter_t1p3_k10_p0p6_probs, 1.3, 10, 0.6"
  })
  void shouldFilterAsTheOriginal(String key, double temperature, int topK, double topP)
      throws IOException {
    Path folder = GOLDEN.resolve("llamagen-c2i");
    TransformerConfig config =
        TransformerJson.read(new ObjectMapper().readTree(folder.resolve("config.json").toFile()));
    try (SafetensorsFile io = SafetensorsFile.open(folder.resolve("io.safetensors"));
        TokenSampler sampler = new TokenSampler(engine, config, Precision.FP32);
        Scope scope = engine.openScope("filter")) {
      Array logits = WeightLoader.load(scope, io, "filter_in_logits", ElementType.FLOAT32);
      SamplingSettings settings = SamplingSettings.guided(1).withFilters(temperature, topK, topP);
      assertArrayEquals(
          io.floats(key), sampler.probabilities(scope, logits, settings).toFloats(), 1e-6f);
    }
  }

  private ModelWeights load(Path folder, TransformerConfig config) throws IOException {
    ModelWeights weights = new ModelWeights(engine, TransformerLayout.of(config), Precision.FP32);
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
      for (String name : file.names()) {
        weights.set(name, file.floats(name));
      }
    }
    return weights;
  }

  private static Condition condition(TransformerConfig config, SafetensorsFile io, boolean masked)
      throws IOException {
    if (config.modelType() == TransformerConfig.ModelType.C2I) {
      return new Condition.Classes(
          Arrays.stream(io.longs("cond_idx")).mapToObj(label -> (int) label).toList());
    }
    float[] features = io.floats("caption_emb");
    float[] mask = io.floats("emb_mask");
    int positions = config.clsTokenNum();
    int row = positions * config.captionDim();
    List<CaptionFeatures> captions = new ArrayList<>();
    for (int i = 0; i < mask.length / positions; i++) {
      int length = 0;
      for (int t = 0; t < positions; t++) {
        length += (int) mask[i * positions + t];
      }
      captions.add(
          new CaptionFeatures(Arrays.copyOfRange(features, i * row, (i + 1) * row), length));
    }
    return new Condition.Captions(captions, masked);
  }
}
