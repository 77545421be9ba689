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
 * the next item of the snapshot stands for it. New items enter as the run's waves say ({@link
 * WavePlan}).
 */
public final class StoreBatchSource implements BatchSource {
  private final StoreReader reader;
  private final SnapshotId began;
  private final long seed;
  private final int globalBatchSize;
  private final int microshards;
  private final WaveLedger waves;
  private final Withdrawals withdrawals;
  private final ExecutorService readThread;
  private final BatchPrefetch prefetch;
  private final StageMeter read = new StageMeter("batch-read", 1);
  private final StageMeter wait = new StageMeter("batch-wait", 1);
  private volatile Drawn drawn;

  /** What is drawn from, and how, as far as is known. */
  private record Drawn(DataSnapshot snapshot, WavePlan plan) {}

  /**
   * Opens a snapshot of a store.
   *
   * @param system runs the stream that reads ahead
   * @param storeFolder the store
   * @param id which snapshot, from {@link DataSnapshot#id}
   * @param seed of the run
   * @param globalBatchSize items a step, a multiple of {@code microshards}
   * @param microshards parts of a step's batch
   * @param waves at which steps new items enter the run
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
      WaveLedger waves,
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
    this.began = id;
    this.seed = seed;
    this.globalBatchSize = globalBatchSize;
    this.microshards = microshards;
    this.waves = waves;
    this.drawn = drawn(null, List.of());
    this.withdrawals = new Withdrawals(storeFolder);
    this.readThread = Executors.newSingleThreadExecutor(StoreBatchSource::thread);
    this.prefetch = new BatchPrefetch(system, settings, this::sizeBytes, this::load, readThread);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "batch-read");
    thread.setDaemon(true);
    return thread;
  }

  private Drawn drawn(DataSnapshot before, List<Wave> known) {
    if (!known.isEmpty() && !known.get(0).follows(0, began)) {
      throw new StoreException(
          "The first wave of new items, at step "
              + known.get(0).step()
              + ", does not continue the run's data: restore the run's "
              + WaveLedger.FILE
              + ", or remove it with all checkpoints.");
    }
    SnapshotId id = known.isEmpty() ? began : known.get(known.size() - 1).snapshot();
    return new Drawn(
        before == null
            ? DataSnapshot.reopen(reader.segments(), id)
            : before.grown(reader.segments(), id),
        new WavePlan(seed, began.items(), globalBatchSize, known));
  }

  /** With the waves that are noted by now. */
  private Drawn look() {
    List<Wave> known = waves.waves();
    Drawn now = drawn;
    if (known.size() == now.plan().waves()) {
      return now;
    }
    synchronized (this) {
      if (known.size() > drawn.plan().waves()) {
        reader.refresh();
        drawn = drawn(drawn.snapshot(), known);
      }
      return drawn;
    }
  }

  @Override
  public long size() {
    return drawn.snapshot().size();
  }

  /** Which items it draws from, as far as is known. */
  public SnapshotId snapshot() {
    return drawn.snapshot().id();
  }

  @Override
  public CompletionStage<Batch> batch(long step, int microshard) {
    wait.arrive(1, 0);
    long beganNs = wait.begin(1);
    CompletionStage<Batch> batch;
    try {
      batch = prefetch.take(step, microshard).thenCompose(this::sound);
    } catch (RejectedExecutionException closed) {
      batch =
          CompletableFuture.failedFuture(new IllegalStateException("the batch source is closed"));
    }
    return batch.whenComplete((result, error) -> wait.finish(1, 0, beganNs));
  }

  /** What was read ahead before a withdrawal, or before items entered, is read once more. */
  private CompletionStage<Batch> sound(Batch batch) {
    return isCurrent(batch)
        ? CompletableFuture.completedFuture(batch)
        : CompletableFuture.supplyAsync(() -> load(batch.step(), batch.microshard()), readThread);
  }

  @Override
  public boolean isCurrent(Batch batch) {
    Drawn now = look();
    long[] items = items(now, batch.step(), batch.microshard());
    for (int i = 0; i < items.length; i++) {
      if (batch.samples().get(i).item() != items[i]) {
        return false;
      }
    }
    return true;
  }

  /** The items of a batch, others standing for those that were withdrawn. */
  private long[] items(Drawn from, long step, int microshard) {
    long[] items = from.plan().items(step, microshard, microshards);
    for (int i = 0; i < items.length; i++) {
      items[i] = standing(from, items[i], from.plan().size(step));
    }
    return items;
  }

  private boolean isWithdrawn(DataSnapshot snapshot, long item) {
    return withdrawals.covers(
        reader.segments().get(snapshot.segment(item)).items().get(snapshot.row(item)));
  }

  /** The next item that the step may draw stands for one that was withdrawn. */
  private long standing(Drawn from, long item, long size) {
    for (long tried = 0; tried < size; tried++) {
      long candidate = (item + tried) % size;
      if (!isWithdrawn(from.snapshot(), candidate)) {
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
    Drawn from = drawn;
    long bytes = 0;
    for (long item : from.plan().items(step, microshard, microshards)) {
      bytes += reader.sampleBytes(from.snapshot().segment(item), from.snapshot().row(item));
    }
    return bytes;
  }

  private Batch load(long step, int microshard) {
    Drawn from = look();
    long[] items = items(from, step, microshard);
    read.arrive(items.length, 0);
    long beganNs = read.begin(items.length);
    try {
      Sample[] samples = new Sample[items.length];
      for (int i = 0; i < items.length; i++) {
        samples[i] = from.snapshot().sample(reader, items[i]);
      }
      return new Batch(step, microshard, List.of(samples));
    } finally {
      read.finish(items.length, 0, beganNs);
    }
  }

  @Override
  public void close() {
    prefetch.close();
    readThread.execute(reader::close); // after the reads that have begun
    readThread.shutdown();
  }
}
