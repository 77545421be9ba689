package io.hybnext.model.memory;

import io.hybnext.gpu.Array;
import io.hybnext.gpu.Autograd;
import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.Scope;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.decoder.BucketArrays;
import io.hybnext.model.decoder.Decoder;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.decoder.DecoderPass;
import io.hybnext.model.decoder.FrozenWeights;
import io.hybnext.model.decoder.Noise;
import io.hybnext.model.decoder.Objective;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.kelix.BlockInput;
import io.hybnext.model.kelix.BlockSequence;
import io.hybnext.model.kelix.NbpConfig;
import io.hybnext.model.qwen.QwenConfig;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.ImageTokens;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerPresets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures in a process of its own what the calls of every kind of network hold: prints a line a
 * call, {@code name call held backwardPeak plainPeak left} in bytes.
 */
public final class MeasuredCalls {
  /** How often every call is measured: the system's own pages come and go meanwhile. */
  private static final int ROUNDS = 3;

  private static final int WIDTH = 256;
  private static final int BATCH = 4;

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  private MeasuredCalls() {}

  /** A network and the batch that it is measured with. */
  record Case(
      DecoderConfig network,
      Objective objective,
      Precision precision,
      PassShape shape,
      DecoderInput input) {

    PassMemory memory(TorchEngine engine) {
      return network.memory(shape, objective, precision, engine.arithmetic(precision));
    }
  }

  static Map<String, Case> cases() {
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put("llamagen", llamaGen(0, Precision.FP32, 0));
    cases.put("llamagen-dropout-z", llamaGen(0.1, Precision.FP32, 1e-5));
    cases.put("llamagen-bf16", llamaGen(0, Precision.BF16, 0));
    cases.put("chameleon", chameleon());
    cases.put("qwen", qwen());
    cases.put("kelix", kelix());
    return cases;
  }

  private static Case llamaGen(double dropout, Precision precision, double zWeight) {
    TransformerConfig config =
        TransformerPresets.sized(TransformerPresets.named("tiny"), 2000, 400, 10);
    config = sized(config).withDropout(dropout);
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      tokens.add(ids(i, 400, 2000));
    }
    DecoderInput input =
        new ImageTokens(tokens, new Condition.Classes(java.util.Collections.nCopies(BATCH, 1)));
    Objective objective = new Objective(Positions.PREDICTING_IMAGE, zWeight);
    return new Case(config, objective, precision, new PassShape(BATCH, 400, 400, 400), input);
  }

  private static TransformerConfig sized(TransformerConfig tiny) {
    return new TransformerConfig(
        tiny.modelType(),
        WIDTH,
        2,
        8,
        4,
        64,
        1,
        10000,
        1e-5,
        0.02,
        2000,
        400,
        1,
        10,
        0,
        0,
        0,
        0,
        0);
  }

  private static Case chameleon() {
    ChameleonConfig config =
        ChameleonConfig.small(ChameleonVocabulary.compact(1024, 8, 500), WIDTH, 640, 2, 4, 500)
            .withDropout(0.05);
    int vocabulary = config.vocabulary().size();
    List<int[]> ids = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int[] row = ids(i, 400, vocabulary);
      int[] label = row.clone();
      Arrays.fill(label, 0, 101, TokenSequences.IGNORED);
      ids.add(row);
      labels.add(label);
    }
    Objective objective = new Objective(Positions.ALL, 1e-5);
    PassShape shape = new PassShape(BATCH, 400, 299, 400);
    return new Case(config, objective, Precision.FP32, shape, new TokenSequences(ids, labels));
  }

  private static QwenConfig backbone(int vocabulary) {
    return new QwenConfig(vocabulary, WIDTH, 2, 8, 4, 32, 700, 1e6, 1e-6, false, 0.02);
  }

  private static Case qwen() {
    List<int[]> ids = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      ids.add(ids(i, 400, 1500));
    }
    return new Case(
        backbone(1500),
        new Objective(Positions.ALL, 0),
        Precision.FP32,
        new PassShape(BATCH, 400, 399, 400),
        new TokenSequences(ids, ids));
  }

  private static Case kelix() {
    NbpConfig config = NbpConfig.ofBytes(backbone(2), 4, 256, 96, 200, 0, 18);
    List<BlockSequence> sequences = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int[][] rows = new int[300][];
      boolean[] target = new boolean[300];
      for (int row = 0; row < 300; row++) {
        rows[row] = new int[5];
        for (int j = 0; j < 4; j++) {
          rows[row][j] = config.id(j, (int) (CounterRandom.uniform(i, row * 4 + j) * 256));
        }
        rows[row][4] = config.symbols().endOfBlock();
        target[row] = row > 0;
      }
      sequences.add(new BlockSequence(rows, target));
    }
    return new Case(
        config,
        new Objective(Positions.PREDICTING_IMAGE, 0),
        Precision.FP32,
        new PassShape(BATCH, 300, 299, 299),
        new BlockInput(sequences));
  }

  private static int[] ids(long key, int length, int below) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> (int) (CounterRandom.uniform(key, i) * below));
    return ids;
  }

  /** Measures every case. */
  public static void main(String[] arguments) {
    MeasuredCalls calls = new MeasuredCalls();
    cases().forEach(calls::measure);
  }

  private interface Call {
    Array run(Array x, BucketArrays weights);
  }

  private void measure(String name, Case of) {
    ParameterLayout layout = of.network().layout();
    Noise noise = new Noise(1, 0, new long[of.shape().batch()], true);
    try (Decoder decoder = of.network().open(engine, of.precision(), of.objective());
        FrozenWeights weights = new FrozenWeights(engine, layout, of.precision(), bucket -> true);
        Scope scope = engine.openScope("measured")) {
      DecoderPass pass = decoder.pass(scope, of.input(), noise);
      BucketArrays plain = BucketArrays.working(weights);
      Array x = pass.embed(plain);
      Call block = (in, arrays) -> pass.block(0, in, arrays.block(0));
      Call loss = (in, arrays) -> pass.loss(in, arrays).total();
      Call embed = (in, arrays) -> pass.embed(arrays);
      for (int round = 0; round <= ROUNDS; round++) { // what is made at first use is not counted
        String label = round == 0 ? null : name;
        measure(label, "embed", embed, x, weights);
        measure(label, "block", block, x, weights);
        measure(label, "loss", loss, x, weights);
      }
    }
  }

  private void measure(String name, String call, Call of, Array x, FrozenWeights weights) {
    try (Scope scope = engine.openScope("call")) {
      Array leaf = x.leaf(scope);
      List<Array> leaves = new ArrayList<>();
      for (int bucket = 0; bucket < weights.layout().buckets().size(); bucket++) {
        leaves.add(weights.working(bucket).leaf(scope));
      }
      BucketArrays arrays = BucketArrays.of(weights, leaves);
      System.gc();
      ResidentMemory.restartPeak();
      long before = ResidentMemory.now();
      try (Array result = of.run(leaf, BucketArrays.working(weights))) {
        // without a graph
      }
      long plainPeak = ResidentMemory.peak() - before;
      try (Autograd.Recording on = Autograd.record();
          Array result = of.run(leaf, arrays)) {
        long held = ResidentMemory.now() - before;
        ResidentMemory.restartPeak();
        try (Array gradient = ones(scope, result)) {
          Autograd.backward(result, gradient);
        }
        long peak = ResidentMemory.peak() - before;
        long left = ResidentMemory.now() - before;
        if (name != null) {
          System.out.printf("%s %s %d %d %d %d%n", name, call, held, peak, plainPeak, left);
        }
      }
    }
  }

  private static Array ones(Scope scope, Array like) {
    return io.hybnext.gpu.CoreKernels.of(scope.engine()).onesLike(scope, like);
  }
}
