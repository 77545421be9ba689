package io.hybnext.ops.bench;

import io.hybnext.gpu.CounterRandom;
import io.hybnext.model.transformer.TransformerConfig;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.BatchSource;
import io.hybnext.streams.batch.Sample;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/** One batch of random tokens, classes and features a microshard, the same in every step. */
final class RandomBatches implements BatchSource {
  private static final long SEED = 2;

  private final TransformerConfig network;
  private final int batch;

  RandomBatches(TransformerConfig network, int batch) {
    this.network = network;
    this.batch = batch;
  }

  @Override
  public long size() {
    return Long.MAX_VALUE; // as many as are asked for
  }

  @Override
  public CompletionStage<Batch> batch(long step, int microshard) {
    var samples =
        IntStream.range(0, batch).mapToObj(i -> sample((long) microshard * batch + i)).toList();
    return CompletableFuture.completedFuture(new Batch(step, microshard, samples));
  }

  private Sample sample(long item) {
    long key = CounterRandom.key(SEED, 0, 0, item);
    int[] tokens = new int[network.blockSize()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) Long.remainderUnsigned(CounterRandom.word(key, i), network.vocabSize());
    }
    float[] feature = new float[StepBenchSettings.FEATURE_DIM];
    for (int i = 0; i < feature.length; i++) {
      feature[i] = CounterRandom.uniform(key, 1_000_000L + i) - 0.5f;
    }
    long label = Long.remainderUnsigned(CounterRandom.word(key, -2), network.numClasses());
    return new Sample(item, tokens, Long.toString(label), feature);
  }

  @Override
  public void close() {}
}
