package io.hybnext.ops.run;

import io.hybnext.actors.checkpoint.CurrentCheckpoint;
import io.hybnext.actors.cluster.TrainingRun;
import io.hybnext.actors.health.Pulse;
import io.hybnext.actors.run.ProgressEvent;
import io.hybnext.config.HybnextSettings;
import io.hybnext.ops.cli.Logs;
import io.hybnext.ops.tensorboard.TensorBoardLog;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the process that leads a run does beside leading it: offers new items, has checkpoints
 * measured before they become current and pictures drawn from them, watches for drift, writes what
 * TensorBoard reads. It hears the run's events, on one thread.
 */
final class LeaderDuties implements Consumer<ProgressEvent>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderDuties.class);
  private static final CheckpointWorker.Work DRAW =
      new CheckpointWorker.Work("draw", "draws from", "was not drawn from");

  private final RunFolder folder;
  private final boolean gated;
  private final boolean drawn;
  private final ReentrantLock turn = new ReentrantLock(true); // gate and pictures in turn
  private final NewItems items;
  private final DriftWatch drift;
  private final TensorBoardLog tensorBoard;
  private final ExecutorService looks = Executors.newSingleThreadExecutor(LeaderDuties::thread);
  private final Pulse drifting =
      new Pulse("drift", Duration.ofMinutes(10), "Look at the disk of data.store.");
  private TrainingRun run; // null until this process leads
  private GateKeeper gate;
  private CheckpointWorker pictures;
  private volatile Consumer<ProgressEvent> told; // of the gate's verdicts

  /**
   * Nothing is done yet.
   *
   * @param began the run's own snapshot
   */
  LeaderDuties(RunFolder folder, HybnextSettings settings, SnapshotId began) {
    this.folder = folder;
    gated = settings.evaluation().gate().on();
    drawn = settings.evaluation().samples() > 0;
    items = new NewItems(settings.data(), began, folder.waves());
    drift = new DriftWatch(settings, began);
    tensorBoard = new TensorBoardLog(folder.root(), Clock.systemUTC());
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "drift");
    thread.setDaemon(true);
    return thread;
  }

  /** This process leads the run from now on. */
  synchronized void begin(TrainingRun leading) {
    if (run == null) {
      run = leading;
      told = leading::tell;
      items.offerTo(leading);
      gate = gated ? new GateKeeper(folder, turn, event -> told.accept(event)) : null;
      pictures = drawn ? new CheckpointWorker(folder, DRAW, turn, LeaderDuties::onDrawn) : null;
      leading.watch(drifting);
      if (gate != null) {
        leading.watch(gate.pulse());
      }
      if (pictures != null) {
        leading.watch(pictures.pulse());
      }
      measureWhatWasLeft();
    }
  }

  /** The newest checkpoint of an earlier start may not have been measured to the end. */
  private void measureWhatWasLeft() {
    try {
      List<Path> all = folder.publishedCheckpoints();
      Path newest = all.isEmpty() ? null : all.get(all.size() - 1);
      boolean left =
          newest != null
              && !new CurrentCheckpoint(folder.checkpoints()).folder().equals(Optional.of(newest));
      if (gate != null && left) {
        gate.onCheckpoint(newest);
      }
    } catch (IOException e) {
      LOG.warn("Checkpoints of earlier starts were not looked at: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void accept(ProgressEvent event) {
    tensorBoard.accept(event);
    if (event instanceof ProgressEvent.StepCommitted step) {
      Logs.field("step", step.report().step());
    }
    if (event instanceof ProgressEvent.CheckpointSaved saved) {
      onCheckpoint(Path.of(saved.folder()));
    } else if (event instanceof ProgressEvent.WaveEntered && run != null) {
      looks.execute(this::look);
    }
  }

  private void onCheckpoint(Path checkpoint) {
    if (gate != null) {
      gate.onCheckpoint(checkpoint);
    }
    if (pictures != null) {
      pictures.onCheckpoint(checkpoint);
    }
  }

  private static void onDrawn(String count) {
    if (count.equals("0")) {
      LOG.info("no pictures are drawn: the run's data has no held-out items");
    }
  }

  private void look() {
    try {
      drifting.begin("compares new items with the first ones");
      drift.look(told);
    } catch (StoreException e) {
      LOG.warn("New items were not looked at for drift: {}", e.getMessage());
    } finally {
      drifting.finish();
    }
  }

  /**
   * The run came to its end: its last checkpoint is measured, and drawn from.
   *
   * @param listener hears of it, as the run's journal is closed
   */
  void finish(Consumer<ProgressEvent> listener) throws InterruptedException {
    GateKeeper lastGate;
    CheckpointWorker lastPictures;
    synchronized (this) {
      lastGate = gate;
      lastPictures = pictures;
      told = listener;
    }
    if (lastGate != null) {
      lastGate.finish();
    }
    if (lastPictures != null) {
      lastPictures.finish();
    }
  }

  @Override
  public synchronized void close() {
    tensorBoard.close();
    items.close();
    looks.shutdownNow();
    if (gate != null) {
      gate.close();
    }
    if (pictures != null) {
      pictures.close();
    }
  }
}
