package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import java.util.List;
import java.util.Optional;

/** What can happen to a run; see {@link RunState}. */
public sealed interface RunEvent {

  /** The coordinator is up; trainers may be launched. */
  record Begin() implements RunEvent {}

  /**
   * A trainer is in the cluster and ready for work; it says so again and again.
   *
   * @param place host and process, for people
   * @param host where its media driver takes datagrams; empty in a run of one machine
   * @param in where it is in the run; empty for a new process
   */
  record TrainerJoined(
      String trainer, long incarnation, String place, String host, Optional<Position> in)
      implements RunEvent {

    /** A new process of a run of one machine. */
    public TrainerJoined(String trainer, long incarnation, String place) {
      this(trainer, incarnation, place, "", Optional.empty());
    }
  }

  /** A trainer's process ended, or it cannot be reached. */
  record TrainerLost(String trainer, long incarnation, String reason) implements RunEvent {}

  /**
   * A trainer's process lives, but nothing is heard of it: stopped, cut off, or collecting garbage.
   *
   * @param reason one sentence
   */
  record TrainerPaused(String trainer, long incarnation, String reason) implements RunEvent {}

  /** A trainer that was silent is heard again. */
  record TrainerResumed(String trainer, long incarnation) implements RunEvent {}

  /**
   * A member is connected and holds what the others hold.
   *
   * @param step number of steps done in what the members settled on, the same for all of them
   * @param reports steps before it that the coordinator did not confirm yet, in order
   * @param times how long that took this member
   */
  record MemberReady(
      String trainer, long generation, long step, List<StepReport> reports, PrepareTimes times)
      implements RunEvent {

    /** Copies the list. */
    public MemberReady {
      reports = List.copyOf(reports);
    }
  }

  /**
   * A member lives but cannot go on in the generation.
   *
   * @param reason one sentence
   * @param lost names of other members that it cannot exchange with, if that is why
   * @param unreadable whether it could not restore the generation's checkpoint
   */
  record MemberBroken(
      String trainer, long generation, String reason, List<String> lost, boolean unreadable)
      implements RunEvent {

    /** Copies the list. */
    public MemberBroken {
      lost = List.copyOf(lost);
    }
  }

  /**
   * A member has done its own part, makes no headway, and names those that it waits for; told a few
   * times a second.
   *
   * @param waitsFor names of other members
   * @param stalledMs for how long
   */
  record MemberWaits(String trainer, long generation, List<String> waitsFor, long stalledMs)
      implements RunEvent {

    /** Copies the list. */
    public MemberWaits {
      waitsFor = List.copyOf(waitsFor);
    }
  }

  /**
   * A member begins no further step until it is told to.
   *
   * @param holds which {@link RunAction.Hold} it answers
   * @param steps number of steps done, the one that it is in counted as done
   */
  record MemberHeld(String trainer, long generation, long holds, long steps) implements RunEvent {}

  /** A member did a step. */
  record StepReported(String trainer, long generation, StepReport report) implements RunEvent {}

  /**
   * A member wrote its part of a checkpoint.
   *
   * @param captureNs for how long its steps were held up while the part was copied; 0 from releases
   *     that do not tell
   */
  record PartWritten(
      String trainer,
      long generation,
      long step,
      int attempt,
      List<CheckpointFile> files,
      long captureNs)
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
   * Members on this machine can exchange gradients.
   *
   * @param members how many of them
   */
  record ExchangeReady(int members) implements RunEvent {}

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

  /**
   * The store has items that the run does not draw from yet; offered again until they entered.
   *
   * @param snapshot all items that it should draw from
   * @param mixing of new and replayed items
   */
  record ItemsOffered(SnapshotId snapshot, Mixing mixing) implements RunEvent {}

  /** A wave is on disk where every member sees it. */
  record WaveNoted(Wave wave) implements RunEvent {}

  /**
   * A wave could not be noted: no member knows of it.
   *
   * @param reason one sentence
   */
  record WaveRefused(Wave wave, String reason) implements RunEvent {}

  /**
   * So many trainer processes are in the cluster and can be reached. A coordinator that takes over
   * need not wait for others: they died with the one before.
   */
  record TrainersPresent(int processes) implements RunEvent {}

  /**
   * A trainer wishes to leave in good order; it says so again and again until it is told to.
   *
   * @param reason one sentence
   */
  record TrainerLeaving(String trainer, long incarnation, String reason) implements RunEvent {}

  /**
   * An operator orders something; answered by {@link RunAction.Answer}.
   *
   * @param number of the order, for the answer
   */
  record Ordered(long number, RunOrder order) implements RunEvent {}

  /** Somebody wants the run to end in good order. */
  record StopRequested(String reason) implements RunEvent {}

  /** Time passed. */
  record Tick() implements RunEvent {}
}
