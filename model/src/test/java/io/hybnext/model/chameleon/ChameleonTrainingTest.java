package io.hybnext.model.chameleon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.gpu.ComputeDevice;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.AlignmentLayer;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.arra.ArraConfig.Distance;
import io.hybnext.model.decoder.Positions;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.Evaluation;
import io.hybnext.model.training.GradientBook;
import io.hybnext.model.training.Loss;
import io.hybnext.model.training.TrainingBatch;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChameleonTrainingTest {
  private static final ArraConfig ALIGNED = ArraConfig.standard(SmallChameleon.FEATURE);
  private static final ChameleonConfig CONFIG = SmallChameleon.CONFIG;

  private final TorchEngine engine = TorchEngine.start(ComputeDevice.CPU, 1);

  private ArraTraining training(ChameleonConfig network, ArraConfig arra) {
    return SmallChameleon.training(engine, network, arra, Precision.FP32, false);
  }

  @Test
  void shouldHaveTheClosedFormsOfALostHead() {
    try (ArraTraining training = training(CONFIG, ALIGNED.withZLoss(1e-5, false))) {
      FloatBuffer head = training.weights().parameter("lm_head.weight").asFloatBuffer();
      while (head.hasRemaining()) {
        head.put(0);
      }
      Loss loss = training.forwardBackward(SmallChameleon.batch(0, 3, 5), (bucket, g) -> {});
      double uniform = Math.log(CONFIG.vocabulary().size());
      assertEquals(uniform, loss.nll(), 1e-5);
      assertEquals(uniform * uniform, loss.zLoss(), 1e-4);
      assertEquals(2 * 11, loss.tokens()); // start, two sizes, 4 codes, 2 new lines, end, separator
    }
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void shouldLearnARepeatedBatchAndGiveTheSameBytesWithRecomputation(Precision precision) {
    ChameleonConfig dropping = CONFIG.withDropout(0.1);
    ArraConfig arra = ALIGNED.withZLoss(1e-5, false);
    try (ArraTraining kept = SmallChameleon.training(engine, dropping, arra, precision, false);
        ArraTraining recomputed =
            SmallChameleon.training(engine, dropping, arra, precision, true)) {
      double before = kept.evaluate(SmallChameleon.batch(0, 3, 1, 4)).nll();
      for (int step = 0; step < 12; step++) {
        step(kept, step);
        step(recomputed, step);
      }
      Evaluation after = kept.evaluate(SmallChameleon.batch(0, 3, 1, 4));
      assertTrue(after.nll() < before - 1, before + " to " + after.nll());
      assertEquals(2, after.nllByRow().length);
      assertArrayEquals(weights(kept), weights(recomputed));
    }
  }

  private static void step(ArraTraining training, int step) {
    GradientBook book = new GradientBook(training.layout());
    TrainingBatch same = SmallChameleon.batch(0, 3, 1, 4);
    training.forwardBackward(
        new TrainingBatch(step, same.sampleNumbers(), same.input(), same.features()), book);
    assertTrue(book.complete());
    book.apply(training, 1, step);
  }

  @Test
  void shouldGiveThePlainRunByteForByteWithoutLambda() {
    byte[] plain = trained(ALIGNED.withLambda(0));
    assertArrayEquals(
        plain, trained(new ArraConfig(1, AlignmentLayer.block(1), Positions.NONE, 8)));
    assertArrayEquals(plain, trained(ALIGNED.withZLoss(0, true)), "the official coupling");
    assertFalse(Arrays.equals(plain, trained(ALIGNED)));
  }

  private byte[] trained(ArraConfig arra) {
    try (ArraTraining training = training(CONFIG.withDropout(0.1), arra)) {
      for (int step = 0; step < 3; step++) {
        step(training, step);
      }
      return weights(training);
    }
  }

  /** Masters of all buckets but the projector's. */
  private static byte[] weights(ArraTraining training) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int bucket = 0; bucket < training.layout().projectorBucket(); bucket++) {
      ByteBuffer master = training.weights().master(bucket);
      byte[] part = new byte[master.remaining()];
      master.get(part);
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(Distance.class)
  void shouldKeepAlignmentBelowTheAlignedBlock(Distance distance) {
    TrainingBatch batch = SmallChameleon.batch(0, 2, 4);
    try (ArraTraining with = training(CONFIG, ALIGNED.withDistance(distance));
        ArraTraining without = training(CONFIG, ALIGNED.withLambda(0))) {
      GradientBook aligned = new GradientBook(with.layout());
      GradientBook plain = new GradientBook(without.layout());
      assertTrue(with.forwardBackward(batch, aligned).gva() > 0);
      without.forwardBackward(batch, plain);
      for (String above : List.of("model.layers.1.mlp.up_proj.weight", "lm_head.weight")) {
        assertArrayEquals(plain.of(above), aligned.of(above), above);
      }
      for (String below :
          List.of("model.layers.0.self_attn.q_norm.weight", "model.embed_tokens.weight")) {
        assertFalse(Arrays.equals(plain.of(below), aligned.of(below)), below);
      }
    }
  }

  @Test
  void shouldReadHeadNormsOfEitherShape() {
    TrainingBatch batch = SmallChameleon.batch(0, 2, 4);
    try (ArraTraining shared = training(CONFIG, ALIGNED);
        ArraTraining each = training(CONFIG.withNormRows(4), ALIGNED)) {
      for (int block = 0; block < 2; block++) {
        for (String norm :
            List.of("q_norm.weight", "q_norm.bias", "k_norm.weight", "k_norm.bias")) {
          float[] row = new float[CONFIG.headDim()];
          for (int i = 0; i < row.length; i++) {
            row[i] = 1 + 0.1f * i;
          }
          String name = "model.layers." + block + ".self_attn." + norm;
          shared.weights().set(name, row);
          float[] rows = new float[4 * row.length];
          for (int head = 0; head < 4; head++) {
            System.arraycopy(row, 0, rows, head * row.length, row.length);
          }
          each.weights().set(name, rows);
        }
      }
      assertEquals(
          shared.forwardBackward(batch, (b, g) -> {}).nll(),
          each.forwardBackward(batch, (b, g) -> {}).nll());
    }
  }

  @Test
  void shouldCutPromptsOffAtTheAskedRate() {
    try (ArraTraining always = training(CONFIG.withPromptDropout(0.999), ALIGNED);
        ArraTraining never = training(CONFIG, ALIGNED)) {
      TrainingBatch whole = SmallChameleon.batch(0, 5, 2);
      TokenSequences sequences = (TokenSequences) whole.input();
      TokenSequences cut =
          new TokenSequences(
              List.of(tail(sequences.ids().get(0), 7), tail(sequences.ids().get(1), 4)),
              List.of(tail(sequences.labels().get(0), 7), tail(sequences.labels().get(1), 4)));
      assertEquals(
          never.forwardBackward(whole.withInput(cut), (b, g) -> {}).nll(),
          always.forwardBackward(whole, (b, g) -> {}).nll());
      assertEquals(
          never.evaluate(whole).nll(), always.evaluate(whole).nll(), "measured with prompts");
    }
  }

  private static int[] tail(int[] values, int from) {
    return Arrays.copyOfRange(values, from, values.length);
  }

  @Test
  void shouldCloseImageTokensWhenAsked() {
    try (ArraTraining closed = training(CONFIG.withMaskedImageLogits(true), ALIGNED)) {
      double nll = closed.evaluate(SmallChameleon.batch(0, 2)).nll();
      assertTrue(nll > 1e30, "training on images is impossible then: " + nll);
    }
  }

  @Test
  void shouldRefuseWhatCannotBeFed() {
    try (ArraTraining training = training(CONFIG, ALIGNED)) {
      TrainingBatch batch = SmallChameleon.batch(0, 1);
      assertRefused(training, batch, new int[65], "65 tokens: this network takes at most 64");
      assertRefused(training, batch, new int[] {0, 99}, "token id 99: the vocabulary has ids 0 to");
      TokenSequences unlabelled =
          new TokenSequences(List.of(new int[4]), List.of(new int[] {-100, -100, -100, -100}));
      assertThrows(
          IllegalArgumentException.class,
          () -> training.forwardBackward(batch.withInput(unlabelled), (b, g) -> {}));
    }
    ArraConfig learned = new ArraConfig(1, AlignmentLayer.block(1), Positions.REP_PRE, 8);
    assertThrows(IllegalArgumentException.class, () -> training(CONFIG, learned));
  }

  private static void assertRefused(
      ArraTraining training, TrainingBatch batch, int[] ids, String sentence) {
    TokenSequences sequences = new TokenSequences(List.of(ids), List.of(ids));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> training.forwardBackward(batch.withInput(sequences), (b, g) -> {}))
            .getMessage();
    assertTrue(message.contains(sentence), message);
  }
}
