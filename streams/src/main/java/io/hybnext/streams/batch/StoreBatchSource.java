package io.hybnext.streams.batch;

import io.hybnext.streams.flow.StageMeter;
import io.hybnext.streams.flow.StageSnapshot;
import io.hybnext.streams.store.StoreException;
import io.hybnext.streams.store.StoreReader;
import io.hybnext.streams.store.Withdrawals;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.pekko.actor.ClassicActorSystemProvider;

/**
 * Batches from a store's memory-mapped segments. Whoever asks for a microshard of a step will ask
 * for the same microshard of the next steps: those are read ahead ({@link BatchPrefetch}). A wrong
 * guess costs a read and nothing else. From the moment when an item is withdrawn no batch holds it:
 * the next item of the snapshot stands for it.
 */
public final class StoreBatchSource implements BatchSource {
  private final StoreReader reader;
  private final DataSnapshot snapshot;
  private final Sampler sampler;
  private final int microshards;
  private final Withdrawals withdrawals;
  private final ExecutorService readThread;
  private final BatchPrefetch prefetch;
  private final StageMeter read = new StageMeter("batch-read", 1);
  private final StageMeter wait = new StageMeter("batch-wait", 1);

  /**
   * Opens a snapshot of a store.
   *
   * @param system runs the stream that reads ahead
   * @param storeFolder the store
   * @param id which snapshot, from {@link DataSnapshot#id}
   * @param seed of the run
   * @param globalBatchSize items a step, a multiple of {@code microshards}
   * @param microshards parts of a step's batch
   * @param settings of the reading ahead
   * @throws io.hybnext.streams.store.StoreException when the store is not the snapshot's
   */
  public StoreBatchSource(
      ClassicActorSystemProvider system,
      Path storeFolder,
      SnapshotId id,
      long seed,
      int globalBatchSize,
      int microshards,
      PrefetchSettings settings) {
    if (microshards < 1 || globalBatchSize % microshards != 0) {
      throw new IllegalArgumentException(
          "global batch "
              + globalBatchSize
              + " in "
              + microshards
              + " microshards: want a multiple");
    }
    this.reader = new StoreReader(storeFolder);
    this.snapshot = DataSnapshot.reopen(reader.segments(), id);
    this.sampler = new Sampler(seed, snapshot.size(), globalBatchSize);
    this.microshards = microshards;
    this.withdrawals = new Withdrawals(storeFolder);
    this.readThread = Executors.newSingleThreadExecutor(StoreBatchSource::thread);
    this.prefetch = new BatchPrefetch(system, settings, this::sizeBytes, this::load, readThread);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "batch-read");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public long size() {
    return snapshot.size();
  }

  /** Which items it draws from. */
  public SnapshotId snapshot() {
    return snapshot.id();
  }

  @Override
  public CompletionStage<Batch> batch(long step, int microshard) {
    wait.arrive(1, 0);
    long beganNs = wait.begin(1);
    CompletionStage<Batch> batch;
    try {
      batch = prefetch.take(step, microshard).thenCompose(this::withoutWithdrawn);
    } catch (RejectedExecutionException closed) {
      batch =
          CompletableFuture.failedFuture(new IllegalStateException("the batch source is closed"));
    }
    return batch.whenComplete((result, error) -> wait.finish(1, 0, beganNs));
  }

  /** What was read ahead before a withdrawal is read once more. */
  private CompletionStage<Batch> withoutWithdrawn(Batch batch) {
    boolean sound = batch.samples().stream().noneMatch(sample -> isWithdrawn(sample.item()));
    return sound
        ? CompletableFuture.completedFuture(batch)
        : CompletableFuture.supplyAsync(() -> load(batch.step(), batch.microshard()), readThread);
  }

  private boolean isWithdrawn(long item) {
    return withdrawals.covers(
        reader.segments().get(snapshot.segment(item)).items().get(snapshot.row(item)));
  }

  /** The next item of the snapshot stands for one that was withdrawn. */
  private long standing(long item) {
    for (long tried = 0; tried < snapshot.size(); tried++) {
      long candidate = (item + tried) % snapshot.size();
      if (!isWithdrawn(candidate)) {
        return candidate;
      }
    }
    throw new StoreException(
        "Every item of the run's data was withdrawn: ingest others and begin another run.");
  }

  /**
   * Figures of {@code batch-read} and of {@code batch-wait}, whose busy time is trainers' waiting.
   */
  public List<StageSnapshot> meters() {
    return List.of(read.snapshot(), wait.snapshot());
  }

  /** The most bytes that were ever read ahead at once. */
  public long peakPrefetchBytes() {
    return prefetch.peakBytes();
  }

  private long sizeBytes(long step, int microshard) {
    long bytes = 0;
    for (long item : sampler.items(step, microshard, microshards)) {
      bytes += reader.sampleBytes(snapshot.segment(item), snapshot.row(item));
    }
    return bytes;
  }

  private Batch load(long step, int microshard) {
    long[] items = sampler.items(step, microshard, microshards);
    read.arrive(items.length, 0);
    long beganNs = read.begin(items.length);
    try {
      Sample[] samples = new Sample[items.length];
      for (int i = 0; i < items.length; i++) {
        samples[i] = sample(standing(items[i]));
      }
      return new Batch(step, microshard, List.of(samples));
    } finally {
      read.finish(items.length, 0, beganNs);
    }
  }

  private Sample sample(long item) {
    int segment = snapshot.segment(item);
    int row = snapshot.row(item);
    return new Sample(
        item,
        reader.tokens(segment, row),
        reader.caption(segment, row),
        reader.feature(segment, row));
  }

  @Override
  public void close() {
    prefetch.close();
    readThread.execute(reader::close); // after the reads that have begun
    readThread.shutdown();
  }
}
