package io.hybnext.actors.trainer;

import io.hybnext.actors.checkpoint.CheckpointException;
import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.checkpoint.PartWriter;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.TrainStep.CheckpointPart;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Writes a trainer's parts of checkpoints on a thread of its own, so that steps go on meanwhile.
 * Used by the trainer's thread.
 */
final class CheckpointWriter implements AutoCloseable {
  private static final long PATIENCE_S = 10;

  private final TrainerListener listener;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "checkpoint-writer"));
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  /**
   * Starts the thread.
   *
   * @param listener told of every part, written or not, on that thread
   */
  CheckpointWriter(TrainerListener listener) {
    this.listener = listener;
  }

  /** Waits until the part given last is on disk, or was given up. */
  void awaitLast() {
    last.join();
  }

  /**
   * Writes and closes a part.
   *
   * @param captureNs for how long it held the trainer's steps up
   */
  void write(Generation of, CheckpointRequest request, CheckpointPart part, long captureNs) {
    last = CompletableFuture.runAsync(() -> writeNow(of, request, part, captureNs), thread);
  }

  private void writeNow(
      Generation of, CheckpointRequest request, CheckpointPart part, long captureNs) {
    try {
      List<CheckpointFile> files = PartWriter.write(part, Path.of(request.folder()));
      listener.partWritten(of, request, files, captureNs);
    } catch (CheckpointException e) {
      listener.partFailed(of, request, e.getMessage());
    } catch (RuntimeException | Error e) {
      listener.partFailed(of, request, "could not write its part: " + e);
    }
  }

  /** Gives the part in hand some time, not for ever. */
  @Override
  public void close() throws InterruptedException {
    thread.shutdown();
    thread.awaitTermination(PATIENCE_S, TimeUnit.SECONDS);
  }
}
