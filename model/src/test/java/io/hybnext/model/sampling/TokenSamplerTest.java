package io.hybnext.model.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.transformer.CaptionFeatures;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.Condition.Classes;
import io.hybnext.model.transformer.NetworkInputs;
import io.hybnext.model.transformer.SequenceShape;
import io.hybnext.model.transformer.Transformer;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import io.hybnext.model.transformer.TransformerLayout;
import io.hybnext.model.transformer.TransformerPresets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSamplerTest {
  private static final TransformerConfig GROUPED =
      new TransformerConfig(
          ModelType.C2I, 48, 2, 4, 2, 16, 1, 10000, 1e-5, 0.02, 40, 9, 1, 5, 0, 0.1, 0, 0, 0);
  private static final TransformerConfig UNIFORM =
      new TransformerConfig(
          ModelType.C2I, 16, 1, 2, 2, 16, 1, 10000, 1e-5, 0.02, 8, 16, 1, 2, 0, 0.1, 0, 0, 0);

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  private ModelWeights random(TransformerConfig config) {
    ModelWeights weights = new ModelWeights(engine, TransformerLayout.of(config), Precision.FP32);
    Random random = new Random(5);
    for (ParameterLayout.Parameter parameter : weights.parameters()) {
      float[] values = new float[parameter.length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextGaussian() * 0.3 + (parameter.matrix() ? 0 : 1));
      }
      weights.set(parameter.name(), values);
    }
    return weights;
  }

  private static Condition condition(TransformerConfig config) {
    if (config.modelType() == ModelType.C2I) {
      return new Classes(List.of(1, 0, 3));
    }
    List<CaptionFeatures> captions = new ArrayList<>();
    Random random = new Random(6);
    for (int length : new int[] {config.clsTokenNum(), 1, 3}) {
      float[] features = new float[config.clsTokenNum() * config.captionDim()];
      int padding = (config.clsTokenNum() - length) * config.captionDim();
      for (int i = padding; i < features.length; i++) {
        features[i] = (float) random.nextGaussian();
      }
      captions.add(new CaptionFeatures(features, length));
    }
    return new Captions(captions);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "captions", "grouped"})
  void shouldGiveTheLogitsOfOnePassWithoutCache(String name) {
    TransformerConfig config =
        switch (name) {
          case "captions" ->
              TransformerPresets.forCaptions(TransformerPresets.named("tiny"), 5, 12);
          case "grouped" -> GROUPED;
          default -> TransformerPresets.named("tiny");
        };
    Condition condition = condition(config);
    long[] samples = {4, 5, 6};
    try (ModelWeights weights = random(config);
        TokenSampler sampler = new TokenSampler(engine, config, Precision.FP32)) {
      TokenSampler.Traced cached =
          sampler.trace(weights, condition, SamplingSettings.guided(3), 1, samples);
      float[] conditional = uncached(config, weights, condition, cached.tokens(), false);
      float[] unconditional = uncached(config, weights, condition, cached.tokens(), true);
      for (int i = 0; i < conditional.length; i++) {
        double guided = unconditional[i] + 3.0 * (conditional[i] - unconditional[i]);
        assertEquals(guided, cached.logits()[i], 2e-3, "logit " + i);
      }
    }
  }

  /** Teacher-forced logits (B, N, V) of the tokens drawn. */
  private float[] uncached(
      TransformerConfig config,
      ModelWeights weights,
      Condition condition,
      int[][] tokens,
      boolean dropped) {
    SequenceShape shape = SequenceShape.of(config);
    try (Transformer network = new Transformer(engine, config, Precision.FP32);
        Scope scope = engine.openScope("uncached")) {
      boolean[] drop = new boolean[tokens.length];
      Arrays.fill(drop, dropped);
      Noise silent = Noise.none(tokens.length);
      NetworkInputs inputs =
          network.inputs(scope, shape, Arrays.asList(tokens), condition, drop, silent);
      Optional<Array> none = Optional.ofNullable(weights.frozen(TransformerLayout.UNCONDITIONAL));
      Array x = network.input(scope, inputs, weights.working(0), none, shape, Optional.empty());
      for (int block = 0; block < config.nLayer(); block++) {
        x = network.block(scope, inputs, block, x, weights.working(1 + block));
      }
      float[] all = network.logits(scope, x, weights.working(1 + config.nLayer())).toFloats();
      int row = config.blockSize() * config.vocabSize();
      float[] predicting = new float[tokens.length * row];
      for (int i = 0; i < tokens.length; i++) {
        int from = (i * shape.length() + shape.firstPredicting()) * config.vocabSize();
        System.arraycopy(all, from, predicting, i * row, row);
      }
      return predicting;
    }
  }

  @Test
  void shouldDependOnSeedAndSampleNumberNotOnTheBatch() {
    TransformerConfig config = TransformerPresets.named("tiny");
    SamplingSettings settings = SamplingSettings.guided(2).withFilters(1.1, 50, 0.95);
    try (ModelWeights weights = random(config);
        TokenSampler sampler = new TokenSampler(engine, config, Precision.FP32)) {
      List<Integer> progress = new ArrayList<>();
      int[][] three =
          sampler.generate(
              weights,
              new Classes(List.of(1, 0, 1)),
              settings,
              7,
              new long[] {20, 21, 22},
              (done, total) -> progress.add(done));
      int[][] one = draw(sampler, weights, settings, 7, 22);
      assertArrayEquals(three[2], one[0]);
      assertFalse(Arrays.equals(three[0], three[2]));
      assertFalse(Arrays.equals(one[0], draw(sampler, weights, settings, 8, 22)[0]));
      assertEquals(config.blockSize(), progress.get(progress.size() - 1));
    }
  }

  private static int[][] draw(
      TokenSampler sampler, ModelWeights weights, SamplingSettings settings, long seed, long n) {
    return sampler.generate(
        weights, new Classes(List.of(1)), settings, seed, new long[] {n}, (done, total) -> {});
  }

  @Test
  void shouldDrawEqualLogitsEquallyOften() {
    long[] samples = LongStream.range(0, 256).toArray();
    try (ModelWeights zeros =
            new ModelWeights(engine, TransformerLayout.of(UNIFORM), Precision.FP32);
        TokenSampler sampler = new TokenSampler(engine, UNIFORM, Precision.FP32)) {
      Integer[] labels = new Integer[samples.length];
      Arrays.fill(labels, 0);
      int[][] tokens =
          sampler.generate(
              zeros,
              new Classes(Arrays.asList(labels)),
              SamplingSettings.guided(1),
              3,
              samples,
              (done, total) -> {});
      double expected = samples.length * 16 / 8.0;
      double chiSquare = 0;
      for (int code = 0; code < 8; code++) {
        int wanted = code;
        long count =
            Arrays.stream(tokens).flatMapToInt(Arrays::stream).filter(t -> t == wanted).count();
        chiSquare += (count - expected) * (count - expected) / expected;
      }
      assertTrue(chiSquare < 24.3, "chi square " + chiSquare + ", 7 degrees, 0.1 %");
    }
  }

  @Test
  void shouldRefuseWhatDoesNotFit() {
    try (ModelWeights weights =
            new ModelWeights(engine, TransformerLayout.of(UNIFORM), Precision.FP32);
        TokenSampler sampler = new TokenSampler(engine, UNIFORM, Precision.FP32)) {
      SamplingSettings settings = SamplingSettings.greedy(1);
      Classes absent = new Classes(List.of(3));
      assertThrows(
          IllegalArgumentException.class,
          () -> sampler.trace(weights, absent, settings, 1, new long[1]));
      assertThrows(
          IllegalArgumentException.class,
          () -> sampler.trace(weights, new Classes(List.of(1)), settings, 1, new long[2]));
    }
    assertThrows(IllegalArgumentException.class, () -> new SamplingSettings(1, -1, 0, 0, 1, false));
    assertThrows(IllegalArgumentException.class, () -> new SamplingSettings(1, -2, 1, 0, 1, false));
    assertThrows(IllegalArgumentException.class, () -> new SamplingSettings(1, -1, 1, 0, 0, false));
  }
}
