package io.hybnext.actors.fake;

import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.BatchSource;
import io.hybnext.streams.batch.Sample;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Two items a microshard, numbered by position. */
public final class FakeBatches implements BatchSource {
  private final int microshards;

  /** Creates the source for this many microshards a step. */
  public FakeBatches(int microshards) {
    this.microshards = microshards;
  }

  @Override
  public long size() {
    return 1000;
  }

  @Override
  public CompletionStage<Batch> batch(long step, int microshard) {
    long first = (step * microshards + microshard) * 2;
    Sample one = new Sample(first % size(), new int[] {1}, "", new float[] {0});
    Sample two = new Sample((first + 1) % size(), new int[] {2}, "", new float[] {0});
    return CompletableFuture.completedFuture(new Batch(step, microshard, List.of(one, two)));
  }

  @Override
  public void close() {}
}
