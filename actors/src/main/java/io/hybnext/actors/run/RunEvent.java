package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.CheckpointFile;
import java.util.List;

/** What can happen to a run; see {@link RunState}. */
public sealed interface RunEvent {

  /** The coordinator is up; trainers may be launched. */
  record Begin() implements RunEvent {}

  /**
   * A trainer is in the cluster and ready for work; it says so again and again.
   *
   * @param place host and process, for people
   */
  record TrainerJoined(String trainer, long incarnation, String place) implements RunEvent {}

  /** A trainer's process ended, or it cannot be reached. */
  record TrainerLost(String trainer, long incarnation, String reason) implements RunEvent {}

  /** A member has weights and connections of the generation. */
  record MemberReady(String trainer, long generation) implements RunEvent {}

  /** A member lives but cannot go on in the generation. */
  record MemberBroken(String trainer, long generation, String reason) implements RunEvent {}

  /** A member did a step. */
  record StepReported(String trainer, long generation, StepReport report) implements RunEvent {}

  /** A member wrote its part of a checkpoint. */
  record PartWritten(
      String trainer, long generation, long step, int attempt, List<CheckpointFile> files)
      implements RunEvent {}

  /** A member could not write its part of a checkpoint. */
  record PartFailed(String trainer, long generation, long step, int attempt, String reason)
      implements RunEvent {}

  /**
   * The newest good checkpoint was looked up.
   *
   * @param step number of steps in it, 0 without one
   * @param folder its path, empty without one
   * @param skipped a sentence for each damaged one that is newer
   */
  record CheckpointResolved(long step, String folder, List<String> skipped) implements RunEvent {}

  /** The checkpoints there are do not belong to this run, or cannot be read. */
  record CheckpointRefused(String reason) implements RunEvent {}

  /**
   * The exchange's media driver ended.
   *
   * @param reason one sentence
   */
  record ExchangeLost(String reason) implements RunEvent {}

  /**
   * The exchange's media driver cannot be started.
   *
   * @param reason one sentence
   */
  record ExchangeRefused(String reason) implements RunEvent {}

  /** A checkpoint is complete and in its place. */
  record CheckpointPublished(long step, String folder, long sizeBytes) implements RunEvent {}

  /** A complete checkpoint could not be put in its place. */
  record PublishFailed(long step, int attempt, String reason) implements RunEvent {}

  /** Somebody wants the run to end in good order. */
  record StopRequested(String reason) implements RunEvent {}

  /** Time passed. */
  record Tick() implements RunEvent {}
}
