package io.hybnext.model.chameleon;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.gpu.Precision;
import io.hybnext.gpu.TorchEngine;
import io.hybnext.model.arra.ArraConfig;
import io.hybnext.model.decoder.TokenSequences;
import io.hybnext.model.optimiser.AdamWConfig;
import io.hybnext.model.optimiser.LearningRate;
import io.hybnext.model.training.ArraTraining;
import io.hybnext.model.training.TrainingBatch;
import io.hybnext.model.training.TrainingConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A Chameleon of two blocks and batches for it. */
public final class SmallChameleon {
  /** Width of image features. */
  public static final int FEATURE = 8;

  /** 16 codes, sides of up to 4 grid units, 20 words. */
  public static final ChameleonVocabulary VOCABULARY = ChameleonVocabulary.compact(16, 4, 20);

  /** Two blocks of width 32 with 4 heads. */
  public static final ChameleonConfig CONFIG =
      ChameleonConfig.small(VOCABULARY, 32, 48, 2, 4, 64).withSliceLength(4);

  private SmallChameleon() {}

  /** A training with initial weights. */
  public static ArraTraining training(
      TorchEngine engine,
      ChameleonConfig network,
      ArraConfig arra,
      Precision precision,
      boolean recompute) {
    TrainingConfig config =
        new TrainingConfig(
            network,
            arra,
            AdamWConfig.LLAMAGEN,
            LearningRate.constant(3e-3),
            precision,
            recompute,
            1);
    ArraTraining training = new ArraTraining(engine, config);
    training.initialise();
    return training;
  }

  /** A sequence of so many words, then an image of one by one grid unit: 2 rows of 2 codes. */
  public static int[] ids(int words, long number) {
    ChameleonVocabulary v = VOCABULARY;
    long key = CounterRandom.key(7, 0, 0, number);
    List<Integer> ids = new ArrayList<>(List.of(v.marks().sequenceStart()));
    for (int i = 0; i < words; i++) {
      ids.add(v.firstText() + (int) (CounterRandom.uniform(key, i) * 20));
    }
    ids.addAll(List.of(v.marks().separator(), v.marks().imageStart()));
    ids.addAll(List.of(v.idOfSize(1), v.idOfSize(1)));
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 2; column++) {
        int code = (int) (CounterRandom.uniform(key, 100 + 2 * row + column) * v.codes());
        ids.add(v.idOfCode(code));
      }
      ids.add(v.marks().newLine());
    }
    ids.addAll(List.of(v.marks().imageEnd(), v.marks().separator()));
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Sequences whose prompts have these many words; only answers are supervised. */
  public static TokenSequences sequences(long number, int... words) {
    List<int[]> ids = new ArrayList<>();
    List<int[]> labels = new ArrayList<>();
    for (int row = 0; row < words.length; row++) {
      int[] one = ids(words[row], number + row);
      int[] label = one.clone();
      Arrays.fill(label, 0, words[row] + 2, TokenSequences.IGNORED);
      ids.add(one);
      labels.add(label);
    }
    return new TokenSequences(ids, labels);
  }

  /** A batch of such sequences with features of their own. */
  public static TrainingBatch batch(long step, int... words) {
    List<float[]> features = new ArrayList<>();
    for (int row = 0; row < words.length; row++) {
      long key = CounterRandom.key(8, 0, step, row);
      float[] feature = new float[FEATURE];
      for (int i = 0; i < FEATURE; i++) {
        feature[i] = CounterRandom.uniform(key, i) - 0.5f;
      }
      features.add(feature);
    }
    long[] numbers = IntStream.range(0, words.length).asLongStream().toArray();
    return new TrainingBatch(step, numbers, sequences(step, words), features);
  }
}
