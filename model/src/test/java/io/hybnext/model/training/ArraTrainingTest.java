package io.hybnext.model.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.transformer.CaptionFeatures;
import io.hybnext.model.transformer.Condition;
import io.hybnext.model.transformer.Condition.Captions;
import io.hybnext.model.transformer.Condition.Classes;
import io.hybnext.model.transformer.ImageTokens;
import io.hybnext.model.transformer.RandomWordEncoder;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.model.transformer.TransformerPresets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArraTrainingTest {
  private static final int FEATURE = 8;
  private static final TransformerConfig TINY = TransformerPresets.named("tiny");
  private static final TransformerConfig CAPTIONS = TransformerPresets.forCaptions(TINY, 6, 16);
  private static final ArraConfig ALIGNED = ArraConfig.standard(FEATURE);

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  @Test
  void shouldStartAtLogOfVocabularyAndUnalignedCosine() {
    try (ArraTraining training = training(CAPTIONS, ALIGNED, Precision.FP32, false)) {
      Evaluation first = training.evaluate(batch(training, 0, 4));
      assertEquals(Math.log(256), first.nll(), 1e-5);
      assertEquals(1, first.gva(), 0.6);
      assertEquals(4, first.nllByRow().length);
      assertEquals(64, first.tokens());
    }
  }

  @Test
  void shouldGiveThePlainRunByteForByteWithoutLambda() {
    byte[] plain = trained(ALIGNED.withLambda(0));
    ArraConfig none = new ArraConfig(1, AlignmentLayer.block(1), Positions.NONE, FEATURE);
    assertArrayEquals(plain, trained(none));
    assertFalse(Arrays.equals(plain, trained(ALIGNED)));
  }

  /** Weights of the network, projector left out, after four steps. */
  private byte[] trained(ArraConfig arra) {
    try (ArraTraining training = training(TINY.withDropout(0.1), arra, Precision.FP32, false)) {
      steps(training, 4);
      return weights(training, training.layout().buckets().size() - 1);
    }
  }

  @Test
  void shouldKeepAlignmentBelowTheAlignedBlock() {
    ArraConfig second = new ArraConfig(1, AlignmentLayer.block(2), Positions.ALL, FEATURE);
    try (ArraTraining training = training(CAPTIONS, second, Precision.FP32, false)) {
      steps(training, 2); // the head starts at zero, which would hide a leak
      GradientBook book = new GradientBook(training.layout());
      TrainingBatch batch = batch(training, 2, 3);
      training.forwardBackward(weighed(batch, new float[3]), book);
      assertEquals(0, largest(book.of("output.weight")));
      assertEquals(0, largest(book.of("norm.weight")));
      for (String name : List.of("attention.wqkv", "attention.wo", "feed_forward.w1", "ffn_norm")) {
        assertEquals(0, largest(book.of("layers.2." + name + ".weight")));
        assertTrue(largest(book.of("layers.1." + name + ".weight")) > 0);
        assertTrue(largest(book.of("layers.0." + name + ".weight")) > 0);
      }
      assertTrue(largest(book.of("adaptor.layers.0.weight")) > 0);
      assertTrue(largest(book.of("tok_embeddings.weight")) > 0);
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void shouldGiveTheSameBytesWithRecomputation(Precision precision) {
    TransformerConfig dropping = CAPTIONS.withDropout(0.2);
    try (ArraTraining kept = training(dropping, ALIGNED, precision, false);
        ArraTraining recomputed = training(dropping, ALIGNED, precision, true)) {
      steps(kept, 3);
      steps(recomputed, 3);
      int all = kept.layout().buckets().size();
      assertArrayEquals(weights(kept, all), weights(recomputed, all));
    }
  }

  @Test
  void shouldAddTheZLossByItsWeight() {
    try (ArraTraining plain = training(CAPTIONS, ALIGNED, Precision.FP32, false);
        ArraTraining weighed =
            training(CAPTIONS, ALIGNED.withZLoss(0.1, false), Precision.FP32, false)) {
      GradientBook without = new GradientBook(plain.layout());
      GradientBook with = new GradientBook(plain.layout());
      Loss first = weighed.forwardBackward(batch(weighed, 0, 3), with);
      plain.forwardBackward(batch(plain, 0, 3), without);
      double uniform = Math.log(CAPTIONS.vocabSize());
      assertEquals(uniform, first.nll(), 1e-5);
      assertEquals(uniform * uniform, first.zLoss(), 1e-4);
      // d/dz of (ln sum e^z)^2 is 2 ln V / V at equal logits: the same for every output
      float[] a = with.of("output.weight");
      float[] b = without.of("output.weight");
      int width = CAPTIONS.dim();
      for (int i = 0; i < a.length; i++) {
        assertEquals(a[i % width] - b[i % width], a[i] - b[i], 2e-6);
      }
      assertTrue(largest(new float[] {a[0] - b[0], a[1] - b[1]}) > 1e-6);
    }
  }

  @Test
  void shouldHandBucketsOnFromTheTop() {
    try (ArraTraining training = training(TINY, ALIGNED, Precision.FP32, false)) {
      GradientBook book = new GradientBook(training.layout());
      training.forwardBackward(batch(training, 0, 2), book);
      assertEquals(List.of(4, 3, 2, 5, 1, 0), book.order); // the projector at block 1's turn
    }
  }

  @Test
  void shouldDrawDropoutFromStepAndSampleAlone() {
    TransformerConfig dropping = TINY.withDropout(0.3);
    try (ArraTraining training = training(dropping, ALIGNED, Precision.FP32, false)) {
      steps(training, 1);
      double first = loss(training, batch(training, 5, 2));
      assertEquals(first, loss(training, batch(training, 5, 2)));
      assertFalse(first == loss(training, batch(training, 6, 2)));
      TrainingBatch same = batch(training, 5, 2);
      TrainingBatch moved = new TrainingBatch(5, new long[] {7, 8}, same.input(), same.features());
      assertFalse(first == loss(training, moved));
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void shouldLearnARepeatedBatch(Precision precision) {
    try (ArraTraining training = training(TINY, ALIGNED, precision, false)) {
      TrainingBatch batch = batch(training, 0, 4);
      Loss first = null;
      Loss last = null;
      for (int step = 0; step < 30; step++) {
        GradientBook book = new GradientBook(training.layout());
        last = training.forwardBackward(batch, book);
        first = first == null ? last : first;
        book.apply(training, (float) Math.min(1, 1 / book.norm(true)), step);
      }
      assertEquals(Math.log(256), first.nll(), 1e-3);
      assertTrue(last.nll() < first.nll() - 1, last.toString());
      assertTrue(last.gva() < first.gva() - 0.3, last.toString());
    }
  }

  @Test
  void shouldDropConditionsAtTheAskedRate() {
    int dropped = 0;
    for (int sample = 0; sample < 10_000; sample++) {
      long key = CounterRandom.key(3, 1, 0, sample);
      dropped += CounterRandom.uniform(key, 0) < 0.1 ? 1 : 0;
    }
    assertEquals(1000, dropped, 120);
  }

  @Test
  void shouldStartTheNetworkAlikeWithAnyProjector() {
    ArraConfig wide = new ArraConfig(1, AlignmentLayer.block(1), Positions.REP_PRE, 24);
    try (ArraTraining one = training(CAPTIONS, ALIGNED, Precision.FP32, false);
        ArraTraining other = training(CAPTIONS, wide, Precision.FP32, false)) {
      int network = one.layout().buckets().size() - 1;
      assertArrayEquals(weights(one, network), weights(other, network));
      for (HostTensor tensor : one.tensors()) {
        if (tensor.name().equals("cls_embedding.uncond_embedding")) {
          assertEquals(List.of(6, 16), tensor.shape());
          assertTrue(tensor.data().getFloat(0) != 0);
        }
      }
    }
  }

  @Test
  void shouldRefuseFeaturesOfAnotherWidth() {
    try (ArraTraining training = training(TINY, ALIGNED, Precision.FP32, false)) {
      TrainingBatch good = batch(training, 0, 1);
      TrainingBatch bad =
          new TrainingBatch(0, new long[1], good.input(), List.of(new float[FEATURE + 1]));
      Exception refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> training.forwardBackward(bad, (bucket, gradient) -> {}));
      assertTrue(refused.getMessage().contains("feature-dim"));
    }
  }

  private static TrainingBatch weighed(TrainingBatch batch, float[] valid) {
    return batch.withInput(((ImageTokens) batch.input()).withValid(valid));
  }

  private double loss(ArraTraining training, TrainingBatch batch) {
    return training.forwardBackward(batch, (bucket, gradient) -> {}).nll();
  }

  static void steps(ArraTraining training, int count) {
    for (int step = 0; step < count; step++) {
      GradientBook book = new GradientBook(training.layout());
      training.forwardBackward(batch(training, step, 3), book);
      book.apply(training, 1, step);
    }
  }

  private ArraTraining training(
      TransformerConfig network, ArraConfig arra, Precision precision, boolean recompute) {
    ArraTraining training =
        new ArraTraining(
            engine,
            new TrainingConfig(
                network,
                arra,
                AdamWConfig.LLAMAGEN,
                LearningRate.constant(3e-3),
                precision,
                recompute,
                1));
    training.initialise();
    return training;
  }

  /** A batch that depends on the step alone. */
  static TrainingBatch batch(ArraTraining training, long step, int size) {
    TransformerConfig network = (TransformerConfig) training.config().network();
    RandomWordEncoder words = new RandomWordEncoder(network.clsTokenNum(), 16);
    List<int[]> tokens = new ArrayList<>();
    List<float[]> features = new ArrayList<>();
    List<CaptionFeatures> captions = new ArrayList<>();
    List<Integer> classes = new ArrayList<>();
    for (int row = 0; row < size; row++) {
      long key = CounterRandom.key(99, 0, step, row);
      tokens.add(
          IntStream.range(0, network.blockSize())
              .map(i -> (int) (CounterRandom.uniform(key, i) * network.vocabSize()))
              .toArray());
      float[] feature = new float[training.config().arra().featureDim()];
      for (int i = 0; i < feature.length; i++) {
        feature[i] = CounterRandom.uniform(key, 1000 + i) - 0.5f;
      }
      features.add(feature);
      captions.add(words.encode("word" + (step + row) + " and " + "more ".repeat(row)));
      classes.add((int) ((step + row) % 10));
    }
    boolean byClass = network.modelType() == TransformerConfig.ModelType.C2I;
    Condition condition = byClass ? new Classes(classes) : new Captions(captions);
    long[] numbers = IntStream.range(0, size).asLongStream().toArray();
    return new TrainingBatch(step, numbers, tokens, condition, features);
  }

  private static byte[] weights(ArraTraining training, int buckets) {
    var bytes = new java.io.ByteArrayOutputStream();
    for (int bucket = 0; bucket < buckets; bucket++) {
      var master = training.weights().master(bucket);
      byte[] part = new byte[master.remaining()];
      master.get(part);
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
