package io.hybnext.model.kelix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.qwen.QwenConfig;
import io.hybnext.model.sampling.SamplingSettings;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.GradientBook;
import io.hybnext.model.training.Loss;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.training.TrainingConfig;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockModelTest {
  private static final int GRID = 2;
  private static final int CODES = 3;
  private static final int ENTRIES = 8;
  private static final int FEATURES = 6;

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  private static NbpConfig network(double promptDropout) {
    QwenConfig backbone = new QwenConfig(2, 32, 2, 4, 2, 8, 48, 1e6, 1e-6, false, 0.05);
    return NbpConfig.ofBytes(backbone, CODES, ENTRIES, 16, 32, promptDropout, GRID);
  }

  private static BlockGrammar grammar() {
    return new BlockGrammar(network(0), 24);
  }

  /** Caption a always comes with image a, b with b. */
  private static final List<String> CAPTIONS = List.of("a", "bäh");

  private static final int[] A = {1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4};
  private static final int[] B = {7, 7, 7, 0, 0, 0, 3, 3, 3, 5, 1, 5};

  private ArraTraining training(double lambda, double promptDropout) {
    AdamWConfig adamW = new AdamWConfig(0.9, 0.95, 1e-8, 0, false, Double.POSITIVE_INFINITY);
    ArraTraining training =
        new ArraTraining(
            engine,
            new TrainingConfig(
                network(promptDropout),
                ArraConfig.standard(FEATURES).withLambda(lambda),
                adamW,
                LearningRate.constant(5e-3),
                Precision.FP32,
                false,
                5));
    training.initialise();
    return training;
  }

  private static TrainingBatch batch(long step, List<int[]> images) {
    List<float[]> features = List.of(feature(1), feature(-2));
    long[] numbers = {2 * step, 2 * step + 1};
    return new TrainingBatch(step, numbers, grammar().input(CAPTIONS, images), features);
  }

  private static float[] feature(float value) {
    float[] feature = new float[FEATURES];
    Arrays.fill(feature, 0.5f);
    feature[0] = value;
    return feature;
  }

  private static GradientBook gradients(ArraTraining training, List<int[]> images) {
    GradientBook book = new GradientBook(training.layout());
    training.forwardBackward(batch(0, images), book);
    assertTrue(book.complete());
    return book;
  }

  @Test
  void shouldLearnWhichImageBelongsToWhichCaptionAndDrawIt() {
    try (ArraTraining training = training(1, 0.2);
        BlockSampler sampler = new BlockSampler(engine, network(0.2), grammar(), Precision.FP32)) {
      Loss first = new Loss(0, 0, 0, 0);
      Loss last = first;
      for (int step = 0; step < 120; step++) {
        GradientBook book = new GradientBook(training.layout());
        last = training.forwardBackward(batch(step, List.of(A, B)), book);
        first = step == 0 ? last : first;
        book.apply(training, 1, step);
      }
      assertEquals(Math.log(320 + CODES * ENTRIES), first.nll(), 0.5);
      assertTrue(last.nll() < 0.3, "nll " + last.nll());
      assertTrue(last.gva() < first.gva() - 0.5, first.gva() + " -> " + last.gva());
      assertEquals(2 * GRID * GRID * CODES, last.tokens());
      for (double guidance : new double[] {1, 2}) {
        int[][] drawn =
            sampler.generate(
                training.weights(),
                CAPTIONS,
                SamplingSettings.greedy(guidance),
                1,
                new long[] {0, 1},
                (done, total) -> {});
        assertArrayEquals(A, drawn[0]);
        assertArrayEquals(B, drawn[1]);
      }
    }
  }

  @Test
  void shouldDrawTheSameImageInAnyBatch() {
    try (ArraTraining training = training(0, 0);
        BlockSampler sampler = new BlockSampler(engine, network(0), grammar(), Precision.FP32)) {
      SamplingSettings settings = SamplingSettings.guided(3);
      int[][] two = draw(sampler, training, CAPTIONS, settings, 4, 9);
      int[][] alone = draw(sampler, training, List.of("bäh"), settings, 9);
      assertArrayEquals(two[1], alone[0]);
      assertNotEquals(
          Arrays.toString(two[0]),
          Arrays.toString(draw(sampler, training, List.of("a"), settings, 5)[0]));
      assertTrue(Arrays.stream(two[0]).allMatch(code -> code >= 0 && code < ENTRIES));
    }
  }

  private static int[][] draw(
      BlockSampler sampler,
      ArraTraining training,
      List<String> captions,
      SamplingSettings settings,
      long... samples) {
    return sampler.generate(training.weights(), captions, settings, 3, samples, (d, t) -> {});
  }

  @Test
  void shouldKeepAlignmentOutOfLaterLayersAndTheBlockDecoder() {
    try (ArraTraining with = training(1, 0);
        ArraTraining without = training(0, 0)) {
      GradientBook aligned = gradients(with, List.of(A, B));
      GradientBook plain = gradients(without, List.of(A, B));
      int later = with.layout().blockBucket(1);
      int head = with.layout().headBucket();
      assertEquals(plain.bucket(later), aligned.bucket(later));
      assertEquals(plain.bucket(head), aligned.bucket(head));
      int first = with.layout().blockBucket(0);
      assertNotEquals(plain.bucket(first), aligned.bucket(first));
    }
  }

  @Test
  void shouldNotSeeTheOrderOfCodesInsideABlockInTheAlignment() {
    NbpConfig config = network(0);
    BlockSequence one = grammar().sample("x", A);
    BlockSequence other = grammar().sample("x", A);
    int visual = firstVisual(config, one);
    int[] row = other.rows()[visual];
    int swapped = row[0];
    row[0] = row[1];
    row[1] = swapped;
    try (ArraTraining training = training(1, 0)) {
      Loss plain = loss(training, one);
      Loss exchanged = loss(training, other);
      assertEquals(plain.gva(), exchanged.gva(), 1e-6);
      assertNotEquals(plain.nll(), exchanged.nll(), 1e-6);
    }
  }

  private static int firstVisual(NbpConfig config, BlockSequence sequence) {
    int row = 0;
    while (!config.visual(sequence.rows()[row][0])) {
      row++;
    }
    return row;
  }

  private static Loss loss(ArraTraining training, BlockSequence sequence) {
    BlockInput input = new BlockInput(List.of(sequence));
    TrainingBatch batch = new TrainingBatch(0, new long[1], input, List.of(feature(1)));
    return training.forwardBackward(batch, (bucket, gradient) -> {});
  }

  @Test
  void shouldTrainTheSameWhateverPadsTheBatch() {
    try (ArraTraining training = training(1, 0)) {
      double together = training.evaluate(batch(0, List.of(A, B))).nll();
      BlockInput a = new BlockInput(List.of(grammar().sample("a", A)));
      BlockInput b = new BlockInput(List.of(grammar().sample("bäh", B)));
      double one =
          training.evaluate(new TrainingBatch(0, new long[1], a, List.of(feature(1)))).nll();
      double two =
          training.evaluate(new TrainingBatch(0, new long[1], b, List.of(feature(1)))).nll();
      assertEquals((one + two) / 2, together, 1e-5);
    }
  }

  @Test
  void shouldWeighTextAndVisualBlocksAlike() {
    BlockLabels labels = BlockLabels.of(network(0), grammar().sample("a", A));
    double[] sum = new double[2];
    int slots = CODES + 1;
    for (int row = 0; row < labels.ids().length / slots; row++) {
      double weight = 0;
      for (int j = 0; j < slots; j++) {
        weight += labels.weights()[row * slots + j];
      }
      if (weight > 0) {
        sum[network(0).visual((int) labels.ids()[row * slots]) ? 1 : 0] = weight;
      }
    }
    assertEquals((2 + CODES + 1) / 2.0, sum[0], 1e-6);
    assertEquals(sum[0], sum[1], 1e-6);
  }

  @Test
  void shouldNeverCutACaptionInsideACharacter() {
    BlockGrammar tight = new BlockGrammar(network(0), 3);
    int frame = 3; // turn, end of turn, start of the image
    assertEquals(frame + 3, tight.prompt("xää").length);
    assertEquals(frame + 2, tight.prompt("xyä").length);
  }

  @Test
  void shouldRefuseCodesOfAnotherTokenizer() {
    IllegalArgumentException many =
        assertThrows(IllegalArgumentException.class, () -> grammar().sample("a", new int[5]));
    assertEquals("an image has 5 codes, the network takes 12", many.getMessage());
    int[] large = A.clone();
    large[3] = ENTRIES;
    assertThrows(IllegalArgumentException.class, () -> grammar().sample("a", large));
  }
}
