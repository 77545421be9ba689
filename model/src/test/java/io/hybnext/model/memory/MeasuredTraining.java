package io.hybnext.model.memory;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.chameleon.ChameleonConfig;
import io.hybnext.model.chameleon.ChameleonVocabulary;
import io.hybnext.model.decoder.DecoderConfig;
import io.hybnext.model.decoder.DecoderInput;
import io.hybnext.model.decoder.ParameterLayout;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.lora.LoraConfig;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.training.TrainingConfig;
import io.hybnext.model.training.Tuning;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.ImageTokens;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerConfig.ModelType;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Runs real training steps in a process of its own and prints a line a case: its name, bytes held
 * after the start, bytes more at the most during forward and backward, and bytes more after the
 * first update.
 */
public final class MeasuredTraining {
  private static final int BATCH = 2;
  private static final int FEATURES = 64;
  private static final int CHUNK = 1 << 18;

  private MeasuredTraining() {}

  /** A training and the batch that it is measured with. */
  record Case(TrainingConfig config, PassShape shape, DecoderInput input) {}

  /** The case of a name: network, precision, {@code lora} or {@code all}, {@code again} or not. */
  static Case named(String name) {
    String[] words = name.split("-");
    boolean chameleon = words[0].equals("chameleon");
    Precision precision = Precision.parse(words[1]);
    boolean lora = words[2].equals("lora");
    boolean recompute = words.length > 3;
    LoraConfig adapters = new LoraConfig(8, 16, List.of("[qkvo]_proj", "wqkv", "attention.wo"));
    DecoderConfig network = chameleon ? chameleon() : llamaGen();
    TrainingConfig config =
        new TrainingConfig(
                network,
                ArraConfig.standard(FEATURES).withZLoss(chameleon ? 1e-5 : 0, false),
                AdamWConfig.LLAMAGEN,
                LearningRate.constant(1e-4),
                precision,
                recompute,
                1)
            .withTuning(new Tuning(List.of(), lora ? Optional.of(adapters) : Optional.empty()));
    PassShape shape = new PassShape(BATCH, 256, chameleon ? 199 : 256, chameleon ? 199 : 256);
    return new Case(config, shape, chameleon ? sequences((ChameleonConfig) network) : images());
  }

  private static TransformerConfig llamaGen() {
    return new TransformerConfig(
        ModelType.C2I,
        384,
        4,
        6,
        6,
        64,
        1,
        10000,
        1e-5,
        0.02,
        3000,
        256,
        1,
        10,
        0,
        0.1,
        0.1,
        0.1,
        0.1);
  }

  private static DecoderInput images() {
    List<int[]> tokens = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      tokens.add(ids(i, 256, 3000));
    }
    return new ImageTokens(tokens, new Condition.Classes(Collections.nCopies(BATCH, 1)));
  }

  private static ChameleonConfig chameleon() {
    return ChameleonConfig.small(ChameleonVocabulary.compact(2048, 8, 800), 384, 1024, 4, 6, 300);
  }

  /** Codes from position 57 on are predicted from the one before. */
  private static DecoderInput sequences(ChameleonConfig config) {
    List<int[]> all = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int[] row = ids(i, 256, 2048);
      Arrays.setAll(row, at -> config.vocabulary().idOfCode(row[at]));
      int[] label = row.clone();
      Arrays.fill(label, 0, 57, TokenSequences.IGNORED);
      all.add(row);
      labels.add(label);
    }
    return new TokenSequences(all, labels);
  }

  private static int[] ids(long key, int length, int below) {
    int[] ids = new int[length];
    Arrays.setAll(ids, i -> (int) (CounterRandom.uniform(key, i) * below));
    return ids;
  }

  /** Measures the cases named. */
  public static void main(String[] names) {
    TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);
    long buffers = direct().getMemoryUsed();
    measure(engine, names[0], buffers, false); // what is made at first use is not counted
    for (String name : names) {
      measure(engine, name, buffers, true);
    }
  }

  private static void measure(TorchEngine engine, String name, long buffers, boolean show) {
    Case of = named(name);
    List<float[]> features = Collections.nCopies(BATCH, new float[FEATURES]);
    TrainingBatch batch = new TrainingBatch(0, new long[] {0, 1}, of.input(), features);
    awaitFreed(buffers);
    long before = ResidentMemory.now();
    try (ArraTraining training = new ArraTraining(engine, of.config())) {
      training.initialise();
      awaitFreed(buffers + training.weights().hostBytes());
      long started = ResidentMemory.now();
      ResidentMemory.restartPeak();
      training.forwardBackward(batch, (bucket, gradient) -> {});
      long peak = ResidentMemory.peak();
      if (!show) {
        return;
      }
      long stepped = ResidentMemory.now();
      update(training);
      long updated = ResidentMemory.now();
      System.out.printf("%s %d %d %d%n", name, started - before, peak - started, updated - stepped);
    }
  }

  private static void update(ArraTraining training) {
    ByteBuffer gradient =
        ByteBuffer.allocateDirect(CHUNK * Float.BYTES).order(ByteOrder.nativeOrder());
    List<ParameterLayout.Bucket> buckets = training.layout().buckets();
    for (int bucket = 0; bucket < buckets.size(); bucket++) {
      int length = buckets.get(bucket).length();
      for (int from = 0; from < length; from += CHUNK) {
        int count = Math.min(CHUNK, length - from);
        training.update(bucket, from, count, gradient.duplicate(), 1, 0);
      }
    }
  }

  /** Collects garbage until buffers that nobody uses any more are given back. */
  private static void awaitFreed(long bytes) {
    for (int turn = 0; direct().getMemoryUsed() > bytes + (1 << 20); turn++) {
      if (turn == 10_000) {
        throw new IllegalStateException("a case's buffers stay: " + direct().getMemoryUsed());
      }
      System.gc();
      Thread.onSpinWait(); // until the thread that frees them had its turn
    }
  }

  private static BufferPoolMXBean direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .findFirst()
        .orElseThrow();
  }
}
