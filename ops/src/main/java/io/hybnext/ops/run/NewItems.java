package io.hybnext.ops.run;

import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.config.DataSettings;
import io.hybnext.config.MixingSettings;
import io.hybnext.streams.batch.DataSnapshot;
import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WaveLedger;
import io.hybnext.streams.store.FileLedger;
import io.hybnext.streams.store.SegmentRecord;
import io.hybnext.streams.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a store for items that a run does not draw from yet and offers them to the run, again
 * until they entered; in the process that leads the run. Whoever ingests need not know of the run.
 */
final class NewItems implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NewItems.class);
  private static final long LOOK_EVERY_MS = 250;

  private final Path store;
  private final MixingSettings settings;
  private final SnapshotId began;
  private final WaveLedger waves;
  private ScheduledExecutorService thread; // null until it offers
  private long readBytes = -1;
  private DataSnapshot stored; // what the store held then
  private long offeredNs;
  private boolean offered;
  private String trouble = "";

  /**
   * Nothing is watched yet.
   *
   * @param began the run's own snapshot
   * @param waves of the run
   */
  NewItems(DataSettings data, SnapshotId began, WaveLedger waves) {
    store = data.store();
    settings = data.mixing();
    this.began = began;
    this.waves = waves;
  }

  /** Offers to a run that this process leads, from now on, if settings want it. */
  synchronized void offerTo(TrainingRun run) {
    if (settings.on() && thread == null) {
      thread = Executors.newSingleThreadScheduledExecutor(NewItems::thread);
      thread.scheduleWithFixedDelay(
          () -> look(run::offer), 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "new-items");
    thread.setDaemon(true);
    return thread;
  }

  private void look(BiConsumer<SnapshotId, Mixing> run) {
    try {
      offer(run, System.nanoTime());
      trouble = "";
    } catch (StoreException | IOException e) {
      if (!e.getMessage().equals(trouble)) { // once, and again when it is another one
        trouble = e.getMessage();
        LOG.warn("New items do not enter the run: {}", trouble);
      }
    } catch (RuntimeException defect) {
      LOG.error("Looking for new items failed", defect);
    }
  }

  /** Offers what the store holds beyond the last wave, not more often than settings say. */
  void offer(BiConsumer<SnapshotId, Mixing> run, long nowNs) throws IOException {
    if (offered && nowNs - offeredNs < settings.enterEvery().toNanos()) {
      return;
    }
    read();
    List<Wave> known = waves.waves();
    SnapshotId last = known.isEmpty() ? began : known.get(known.size() - 1).snapshot();
    if (stored != null && stored.size() > last.items()) {
      run.accept(stored.id(), mixing());
      offered = true;
      offeredNs = nowNs;
    }
  }

  private void read() throws IOException {
    Path ledger = store.resolve(FileLedger.FILE);
    long nowBytes = Files.exists(ledger) ? Files.size(ledger) : 0;
    if (nowBytes != readBytes) {
      List<SegmentRecord> segments = FileLedger.readSegments(store);
      stored =
          stored == null
              ? DataSnapshot.of(segments, began.tokenizer(), began.encoder(), began.splits())
              : stored.grown(segments);
      readBytes = nowBytes;
    }
  }

  private Mixing mixing() {
    return new Mixing(
        settings.newShare(),
        settings.newSteps(),
        settings.newRepeats(),
        settings.halfLife(),
        settings.oldestShare());
  }

  @Override
  public synchronized void close() {
    if (thread != null) {
      thread.shutdownNow();
    }
  }
}
