package io.hybnext.model.qwen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.GradientBook;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.training.TrainingConfig;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class QwenTrainingTest {
  private static final ArraConfig PLAIN =
      new ArraConfig(0, AlignmentLayer.block(1), Positions.NONE, 1);

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  private static QwenConfig network(boolean tied) {
    return new QwenConfig(23, 16, 2, 4, 2, 6, 24, 1e4, 1e-6, tied, 0.1);
  }

  private static TokenSequences sequences() {
    int[] first = {1, 5, 9, 5, 9, 5};
    int[] second = {7, 7, 3, 2, 2, 11};
    int[] labels = first.clone();
    labels[2] = TokenSequences.IGNORED;
    return new TokenSequences(List.of(first, second), List.of(labels, second));
  }

  private ArraTraining training(boolean tied) {
    AdamWConfig adamW = new AdamWConfig(0.9, 0.95, 1e-8, 0, false, Double.POSITIVE_INFINITY);
    ArraTraining training =
        new ArraTraining(
            engine,
            new TrainingConfig(
                network(tied),
                PLAIN,
                adamW,
                LearningRate.constant(1e-2),
                Precision.FP32,
                false,
                3));
    training.initialise();
    return training;
  }

  private static TrainingBatch batch(long step) {
    return new TrainingBatch(step, new long[2], sequences(), List.of(new float[1], new float[1]));
  }

  private static GradientBook gradients(ArraTraining training) {
    GradientBook book = new GradientBook(training.layout());
    training.forwardBackward(batch(0), book);
    assertTrue(book.complete());
    return book;
  }

  @Test
  void shouldAddBothUsesOfATiedTable() {
    try (ArraTraining tied = training(true);
        ArraTraining untied = training(false)) {
      float[] table = new float[23 * 16];
      tied.weights().parameter(QwenNames.HUGGING_FACE.embeddings()).asFloatBuffer().get(table);
      untied.weights().set(QwenNames.HUGGING_FACE.embeddings(), table);
      untied.weights().set(QwenNames.HEAD, table);
      for (int layer = 0; layer < 2; layer++) {
        for (int part = 0; part < 11; part++) {
          String name = QwenNames.HUGGING_FACE.part(layer, part);
          FloatBuffer from = tied.weights().parameter(name).asFloatBuffer();
          float[] values = new float[from.remaining()];
          from.get(values);
          untied.weights().set(name, values);
        }
      }
      GradientBook one = gradients(tied);
      GradientBook two = gradients(untied);
      float[] sum = two.of(QwenNames.HUGGING_FACE.embeddings());
      float[] output = two.of(QwenNames.HEAD);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += output[i];
      }
      assertArrayEquals(sum, one.of(QwenNames.HUGGING_FACE.embeddings()), 1e-6f);
      String query = QwenNames.HUGGING_FACE.part(0, 0);
      assertArrayEquals(two.of(query), one.of(query), 1e-6f);
    }
  }

  @Test
  void shouldLearnTheSequencesThatItSees() {
    try (ArraTraining training = training(false)) {
      double before = training.evaluate(batch(0)).nll();
      for (int step = 0; step < 60; step++) {
        gradients(training).apply(training, 1, step);
      }
      double after = training.evaluate(batch(0)).nll();
      assertTrue(before > 2.5 && after < 1, before + " -> " + after);
    }
  }

  @Test
  void shouldCountOnlyLabelsThatArePredicted() {
    try (ArraTraining training = training(false)) {
      assertEquals(9, training.evaluate(batch(0)).tokens());
    }
  }

  @Test
  void shouldPredictAShortSequenceTheSameBesideALongerOne() {
    int[] brief = {3, 1, 4};
    int[] lengthy = {2, 7, 1, 8, 2, 8};
    try (ArraTraining training = training(false)) {
      double one = nll(training, List.of(brief));
      double two = nll(training, List.of(lengthy));
      double both = nll(training, List.of(brief, lengthy));
      assertEquals((2 * one + 5 * two) / 7, both, 1e-6);
    }
  }

  private static double nll(ArraTraining training, List<int[]> rows) {
    TokenSequences input = new TokenSequences(rows, rows);
    List<float[]> features = rows.stream().map(row -> new float[1]).toList();
    return training.evaluate(new TrainingBatch(0, new long[rows.size()], input, features)).nll();
  }

  @Test
  void shouldContinueAsTheUncachedNetworkWould() {
    try (ArraTraining training = training(true);
        QwenGeneration generation = new QwenGeneration(engine, network(true), Precision.FP32)) {
      int[] ids = generation.greedy(training.weights(), new int[] {4, 8}, 5).ids();
      int[] again =
          generation.greedy(training.weights(), Arrays.copyOf(ids, 4), 3).ids(); // longer prefill
      assertArrayEquals(ids, again);
    }
  }
}
