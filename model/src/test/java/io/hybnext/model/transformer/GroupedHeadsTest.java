package io.hybnext.model.transformer;

import static io.hybnext.model.golden.GoldenCase.assertForward;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.decoder.ModelWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.transformer.Condition.Classes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Fewer heads of keys and values than of queries: as if each were written down several times. */
class GroupedHeadsTest {
  private static final int WIDTH = 16;
  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @Test
  void shouldShareKeysAndValuesBetweenHeads() {
    TransformerConfig full = TransformerPresets.named("tiny");
    TransformerConfig grouped = withKvHeads(full, 2);
    float[] few = new float[(64 + 2 * 2 * WIDTH) * 64];
    for (int i = 0; i < few.length; i++) {
      few[i] = CounterRandom.uniform(5, i) - 0.5f;
    }
    assertForward("block", block(full, repeated(few)), block(grouped, few));
  }

  /** Rows of wqkv with every head of keys and values twice. */
  private static float[] repeated(float[] few) {
    int head = WIDTH * 64;
    float[] all = new float[3 * 64 * 64];
    System.arraycopy(few, 0, all, 0, 64 * 64);
    for (int part = 0; part < 2; part++) {
      for (int i = 0; i < 4; i++) {
        int from = 64 * 64 + (part * 2 + i / 2) * head;
        System.arraycopy(few, from, all, 64 * 64 + (part * 4 + i) * head, head);
      }
    }
    return all;
  }

  private float[] block(TransformerConfig config, float[] wqkv) {
    try (Scope scope = engine.openScope("test");
        Transformer network = new Transformer(engine, config, Precision.FP32);
        ModelWeights weights =
            new ModelWeights(engine, TransformerLayout.of(config), Precision.FP32)) {
      weights.set("layers.0.attention.wqkv.weight", wqkv);
      float[] identity = new float[64 * 64];
      float[] ones = new float[64];
      for (int i = 0; i < 64; i++) {
        identity[65 * i] = 1;
        ones[i] = 1;
      }
      weights.set("layers.0.attention.wo.weight", identity);
      weights.set("layers.0.attention_norm.weight", ones);
      SequenceShape shape = SequenceShape.of(config);
      NetworkInputs inputs =
          network.inputs(
              scope,
              shape,
              List.of(new int[16]),
              new Classes(List.of(1)),
              new boolean[0],
              Noise.none(1));
      float[] x = new float[16 * 64];
      for (int i = 0; i < x.length; i++) {
        x[i] = CounterRandom.uniform(6, i) - 0.5f;
      }
      Array stream = scope.floats(x, 1, 16, 64);
      return network.block(scope, inputs, 0, stream, weights.working(1)).toFloats();
    }
  }

  private static TransformerConfig withKvHeads(TransformerConfig c, int heads) {
    return new TransformerConfig(
        c.modelType(),
        c.dim(),
        c.nLayer(),
        c.nHead(),
        heads,
        c.multipleOf(),
        c.ffnDimMultiplier(),
        c.ropeBase(),
        c.normEps(),
        c.initializerRange(),
        c.vocabSize(),
        c.blockSize(),
        c.clsTokenNum(),
        c.numClasses(),
        c.captionDim(),
        c.classDropoutProb(),
        c.tokenDropoutP(),
        c.residDropoutP(),
        c.ffnDropoutP());
  }
}
