package io.hybnext.model.transformer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.BlockRun;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.HeadRun;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.Positions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Derivatives that are written out, against autograd's of the same network. */
class WrittenGradientsTest {
  private static final TransformerConfig TINY = TransformerPresets.named("tiny");
  private static final int BATCH = 3;

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
  private final Scope scope = engine.openScope("written");

  @AfterEach
  void close() {
    scope.close();
  }

  @ParameterizedTest
  @CsvSource({"false, 0", "false, 0.2", "true, 0", "true, 0.2"})
  void shouldDifferentiateABlockAsAutogradDoes(boolean captions, double dropout) {
    TransformerConfig config = config(captions).withDropout(dropout);
    try (TransformerDecoder network = network(config, Positions.PREDICTING_IMAGE)) {
      DecoderPass pass = pass(network, config);
      ParameterLayout.Bucket bucket = TransformerLayout.of(config).buckets().get(1);
      Array x = numbers(1, BATCH, positions(config), config.dim());
      Array flat = numbers(2, bucket.length());
      float[] given = numbers(3, x.shape()).toFloats();

      Array input = x.leaf(scope);
      Array weights = flat.leaf(scope);
      Array expected;
      try (Autograd.Recording on = Autograd.record()) {
        expected = pass.block(1, input, weights);
        Autograd.backward(expected, scope.floats(given, x.shape()));
      }
      BlockRun run = pass.run(1, x, flat).orElseThrow();
      assertClose(expected, run.output());
      BlockRun.Gradients made = run.backward(scope.floats(given, x.shape()), x, flat);
      run.close();
      assertClose(Autograd.gradient(scope, input).orElseThrow(), made.input());
      float[] all = Autograd.gradient(scope, weights).orElseThrow().toFloats();
      for (ParameterLayout.Parameter p : bucket.parameters()) {
        assertClose(part(all, p), part(made.flat().toFloats(), p), p.name());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"false, PREDICTING_IMAGE", "true, PREDICTING_IMAGE", "true, REP_POST"})
  void shouldDifferentiateTheLossAsAutogradDoes(boolean captions, Positions positions) {
    TransformerConfig config = config(captions);
    ParameterLayout layout = TransformerLayout.of(config).withProjector(config.dim(), 8, false);
    try (TransformerDecoder network = network(config, positions);
        ModelWeights held = new ModelWeights(engine, layout, Precision.FP32)) {
      DecoderPass pass = pass(network, config);
      int length = SequenceShape.of(config, positions).length();
      Array x = numbers(4, BATCH, length, config.dim());
      Array flat = numbers(5, layout.buckets().get(layout.headBucket()).length());

      Array input = x.leaf(scope);
      Array weights = flat.leaf(scope);
      double expected;
      try (Autograd.Recording on = Autograd.record()) {
        Array loss = pass.loss(input, of(held, layout, weights)).total();
        expected = loss.item();
        Autograd.backward(loss);
      }
      HeadRun run = pass.runLoss(x, of(held, layout, flat)).orElseThrow();
      assertEquals(expected, run.nll(), 1e-5 * expected);
      assertClose(Autograd.gradient(scope, input).orElseThrow(), run.gradients().input());
      assertClose(Autograd.gradient(scope, weights).orElseThrow(), run.gradients().flat());
    }
  }

  @Test
  void shouldLeaveToAutogradWhatItDoesNotCover() {
    assertTrue(Transformer.derivativesWritten(TINY, Precision.FP32, true));
    assertFalse(Transformer.derivativesWritten(TINY, Precision.FP32, false));
    assertFalse(Transformer.derivativesWritten(TINY, Precision.BF16, true));
    try (TransformerDecoder weighed =
        TINY.open(engine, Precision.FP32, new Objective(Positions.PREDICTING_IMAGE, 1e-4))) {
      assertTrue(pass(weighed, TINY).runLoss(null, null).isEmpty());
    }
  }

  private static BucketArrays of(ModelWeights held, ParameterLayout layout, Array head) {
    return BucketArrays.merging(
        held,
        bucket -> bucket == layout.headBucket() ? head : held.working(bucket),
        bucket -> false);
  }

  private static TransformerConfig config(boolean captions) {
    return captions ? TransformerPresets.forCaptions(TINY, 6, 16) : TINY;
  }

  private static int positions(TransformerConfig config) {
    return SequenceShape.of(config, Positions.PREDICTING_IMAGE).length();
  }

  private TransformerDecoder network(TransformerConfig config, Positions positions) {
    return config.open(engine, Precision.FP32, new Objective(positions, 0));
  }

  private DecoderPass pass(TransformerDecoder network, TransformerConfig config) {
    List<int[]> tokens =
        IntStream.range(0, BATCH)
            .mapToObj(
                row -> IntStream.range(0, config.blockSize()).map(i -> i * row % 97).toArray())
            .toList();
    RandomWordEncoder words = new RandomWordEncoder(config.clsTokenNum(), 16);
    Condition condition =
        config.modelType() == TransformerConfig.ModelType.C2I
            ? new Condition.Classes(List.of(0, 1, 2))
            : new Condition.Captions(
                List.of(words.encode("one"), words.encode("two words"), words.encode("so many w")));
    Noise noise = new Noise(7, 1, new long[] {0, 1, 2}, true);
    return network.pass(scope, new ImageTokens(tokens, condition), noise);
  }

  private Array numbers(long key, long... shape) {
    float[] all = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < all.length; i++) {
      all[i] = (CounterRandom.uniform(key, i) - 0.5f) * 0.6f;
    }
    return scope.floats(all, shape);
  }

  private static float[] part(float[] all, ParameterLayout.Parameter p) {
    return Arrays.copyOfRange(all, p.offset(), p.offset() + p.length());
  }

  private static void assertClose(Array expected, Array actual) {
    assertClose(expected.toFloats(), actual.toFloats(), "");
  }

  /** To a hundred thousandth of the largest: fp32 sums are made in another order. */
  private static void assertClose(float[] expected, float[] actual, String what) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest > 0, what);
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5 * largest, what + " " + i);
    }
  }
}
