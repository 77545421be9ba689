package io.hybnext.actors.trainer;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.run.PrepareTimes;
import io.hybnext.actors.run.StepReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Hears from a {@link TrainerLoop}; called from its threads, must not block. */
public interface TrainerListener {

  /** Model and data are open: the trainer can take a generation. */
  void opened();

  /**
   * The generation's members are connected and hold the same state.
   *
   * @param step number of steps done in it
   * @param completed the step before, when this trainer was in it and the members completed it
   *     together
   * @param times how long that took
   */
  void prepared(
      Generation generation, long step, Optional<StepReport> completed, PrepareTimes times);

  /** A step is done. */
  void stepDone(Generation generation, StepReport report);

  /**
   * This trainer's part of a checkpoint is on disk.
   *
   * @param captureNs for how long its steps were held up while the part was copied
   */
  void partWritten(
      Generation generation, CheckpointRequest request, List<CheckpointFile> files, long captureNs);

  /** This trainer's part of a checkpoint could not be written. */
  void partFailed(Generation generation, CheckpointRequest request, String reason);

  /**
   * The generation cannot go on here; the trainer keeps what it holds and waits for the next one.
   *
   * @param lost names of members that cannot be exchanged with, if that is why
   * @param unreadable whether that is because the generation's checkpoint cannot be restored
   */
  void broken(Generation generation, String reason, List<String> lost, boolean unreadable);

  /**
   * The exchange makes no headway; told a few times a second.
   *
   * @param members names of those that it waits for
   * @param stalled for how long
   */
  void waits(Generation generation, List<String> members, Duration stalled);

  /** The thread ended and everything is closed; with the defect that ended it, if any. */
  void ended(Optional<Throwable> defect);
}
