package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.run.Position;
import io.hybnext.actors.run.PrepareTimes;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.StepReport;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** What a trainer tells the coordinator. Repeats are harmless. */
sealed interface CoordinatorMessage extends Coordinator.Command, CborMessage {

  /**
   * I am here and can take a generation; said again every few seconds.
   *
   * @param trainer name
   * @param incarnation tells this process from an earlier one of the same name
   * @param place host and process id, for people
   * @param host where its media driver takes datagrams; empty in a run of one machine
   * @param in where it is in the run; empty for a new process
   * @param version of its code
   */
  record Here(
      String trainer,
      long incarnation,
      String place,
      String host,
      ActorRef<TrainerMessage> trainerRef,
      Optional<Position> in,
      ProtocolVersion version)
      implements CoordinatorMessage {

    /** Takes messages of releases that know no versions. */
    public Here {
      version = ProtocolVersion.of(version);
    }
  }

  /**
   * The members of the generation are connected and hold the same state.
   *
   * @param step number of steps done in it
   * @param reports steps before it that the coordinator has not confirmed, in order
   */
  record Ready(
      String trainer, long generation, long step, List<StepReport> reports, PrepareTimes times)
      implements CoordinatorMessage {}

  /** The generation cannot go on here; see {@link RunEvent.MemberBroken}. */
  record Broken(
      String trainer, long generation, String reason, List<String> lost, boolean unreadable)
      implements CoordinatorMessage {}

  /** The exchange makes no headway; see {@link RunEvent.MemberWaits}. Not repeated. */
  record Waits(String trainer, long generation, List<String> members, long stalledMs)
      implements CoordinatorMessage {}

  /** Answers {@link TrainerMessage.Hold}: steps done, the one that it is in counted as done. */
  record Held(String trainer, long generation, long holds, long steps)
      implements CoordinatorMessage {}

  /** A step is done. */
  record StepDone(String trainer, long generation, StepReport report)
      implements CoordinatorMessage {}

  /** This trainer's part of a checkpoint is on disk; see {@link RunEvent.PartWritten}. */
  record PartWritten(
      String trainer,
      long generation,
      long step,
      int attempt,
      List<CheckpointFile> files,
      long captureNs)
      implements CoordinatorMessage {}

  /** This trainer's part of a checkpoint could not be written. */
  record PartFailed(String trainer, long generation, long step, int attempt, String reason)
      implements CoordinatorMessage {}

  /** What a trainer does, told about once a second; not repeated. */
  record VitalSigns(String trainer, long incarnation, Vitals vitals)
      implements CoordinatorMessage {}

  /** I wish to leave in good order; said again until {@link TrainerMessage.Leave} comes. */
  record Leaving(String trainer, long incarnation, String reason) implements CoordinatorMessage {}

  /** This trainer ends, with the defect that made it, or an empty text. */
  record Ending(String trainer, long incarnation, String defect) implements CoordinatorMessage {}
}
