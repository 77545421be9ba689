package io.hybnext.model.transformer;

import static io.hybnext.model.golden.GoldenCase.assertForward;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.golden.GoldenCase;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.Condition.Classes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Forward passes against LlamaGen's own numbers (tests/golden/llamagen-c2i, llamagen-t2i). */
class TransformerGoldenTest {
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @Test
  void shouldReproduceRotaryTablesWithZeroRowsForConditions() {
    for (String name : List.of("llamagen-c2i", "llamagen-t2i")) {
      GoldenCase golden = new GoldenCase(name);
      TransformerConfig config = TransformerJson.read(golden.config());
      float[] table = new RotaryTable(config).rows(config.clsTokenNum(), config.blockSize(), 0);
      assertForward(name, golden.io("freqs_cis"), table);
    }
  }

  @Test
  void shouldReproduceClassConditionalForward() {
    GoldenCase golden = new GoldenCase("llamagen-c2i");
    List<Integer> classes = Arrays.stream(golden.rows("cond_idx", 2).get(0)).boxed().toList();
    try (Run run = new Run(golden)) {
      run.expectHidden(new Classes(classes), new boolean[0]);
      run.expectLosses("train_logits", "train_loss");
    }
    try (Run run = new Run(golden)) {
      run.forward(new Classes(classes), new boolean[] {true, false});
      assertForward("null_loss", golden.io("null_loss"), run.loss().toFloats());
    }
  }

  @Test
  void shouldReproduceCaptionConditionalForward() {
    GoldenCase golden = new GoldenCase("llamagen-t2i");
    TransformerConfig config = TransformerJson.read(golden.config());
    List<CaptionFeatures> captions = golden.captions(config.clsTokenNum(), config.captionDim());
    try (Run run = new Run(golden)) {
      run.expectHidden(new Captions(captions), new boolean[0]);
      run.expectLosses("train_logits", "train_loss");
      Array valid = run.scope.floats(golden.io("valid"), captions.size());
      Array loss =
          run.network.validLoss(run.scope, run.x, run.head(), run.targets, run.first(), valid);
      assertForward("train_loss_valid", golden.io("train_loss_valid"), loss.toFloats());
    }
    try (Run run = new Run(golden)) {
      run.forward(new Captions(captions, false), new boolean[0]);
      run.expectLosses("nomask_logits", "nomask_loss");
    }
    try (Run run = new Run(golden)) {
      run.forward(new Captions(captions), new boolean[] {true, true, true});
      assertForward("null_loss", golden.io("null_loss"), run.loss().toFloats());
    }
  }

  @Test
  void shouldReproduceAttentionMask() {
    GoldenCase golden = new GoldenCase("llamagen-t2i");
    try (Run run = new Run(golden)) {
      Captions captions = new Captions(golden.captions(6, 32));
      float[] mask = run.network.mask(run.scope, captions, 15).toFloats();
      float[] open = golden.io("attn_mask");
      for (int i = 0; i < open.length; i++) {
        assertEquals(open[i] == 1 ? 0f : -1e30f, mask[i], "element " + i);
      }
    }
  }

  @Test
  void shouldCountTheParametersOfThePublishedSizes() {
    assertEquals(110_888_448, count("GPT-B"));
    assertEquals(342_910_976, count("GPT-L"));
    assertEquals(774_699_520, count("GPT-XL"));
    assertEquals(1_410_972_672, count("GPT-XXL"));
    assertEquals(3_096_659_200L, count("GPT-3B"));
    assertEquals(14_611_712 - 459_776, count("bench"));
  }

  private static long count(String preset) {
    return TransformerLayout.of(TransformerPresets.named(preset)).length();
  }

  /** One golden case loaded and run. */
  private final class Run implements AutoCloseable {
    final GoldenCase golden;
    final TransformerConfig config;
    final Scope scope = engine.openScope("test");
    final ModelWeights weights;
    final Transformer network;
    final SequenceShape shape;
    final List<int[]> tokens;
    final Array targets;
    Array x;

    Run(GoldenCase golden) {
      this.golden = golden;
      this.config = TransformerJson.read(golden.config());
      this.weights = new ModelWeights(engine, TransformerLayout.of(config), Precision.FP32);
      golden.load(weights, "model");
      this.network = new Transformer(engine, config, Precision.FP32);
      this.shape = SequenceShape.of(config);
      this.tokens = golden.rows("z_indices", config.blockSize());
      long[] all = tokens.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
      this.targets = scope.longs(all, tokens.size(), config.blockSize());
    }

    Array forward(Condition condition, boolean[] dropped) {
      return forward(condition, dropped, false);
    }

    void expectHidden(Condition condition, boolean[] dropped) {
      forward(condition, dropped, true);
      assertForward(
          "hidden_norm", golden.io("hidden_norm"), network.finalNorm(scope, x, head()).toFloats());
    }

    private Array forward(Condition condition, boolean[] dropped, boolean check) {
      NetworkInputs inputs =
          network.inputs(scope, shape, tokens, condition, dropped, Noise.none(tokens.size()));
      Optional<Array> none = Optional.ofNullable(weights.frozen(TransformerLayout.UNCONDITIONAL));
      x = network.input(scope, inputs, weights.working(0), none, shape, Optional.empty());
      if (check) {
        assertForward("hidden_input", golden.io("hidden_input"), x.toFloats());
      }
      for (int block = 0; block < config.nLayer(); block++) {
        x = network.block(scope, inputs, block, x, weights.working(1 + block));
        if (check) {
          String name = "hidden_block" + (block + 1);
          assertForward(name, golden.io(name), x.toFloats());
        }
      }
      return x;
    }

    void expectLosses(String logits, String loss) {
      Array all = network.logits(scope, x, head());
      float[] every = all.toFloats();
      int vocab = config.vocabSize();
      int perSample = shape.length() * vocab;
      int from = shape.firstPredicting() * vocab;
      int length = config.blockSize() * vocab;
      float[] predicting = new float[tokens.size() * length];
      for (int row = 0; row < tokens.size(); row++) {
        System.arraycopy(every, row * perSample + from, predicting, row * length, length);
      }
      assertForward(logits, golden.io(logits), predicting);
      assertForward(loss, golden.io(loss), loss().toFloats());
    }

    Array loss() {
      return network.loss(scope, x, head(), targets, first());
    }

    Array head() {
      return weights.working(1 + config.nLayer());
    }

    int first() {
      return shape.firstPredicting();
    }

    @Override
    public void close() {
      scope.close();
      weights.close();
      network.close();
    }
  }
}
