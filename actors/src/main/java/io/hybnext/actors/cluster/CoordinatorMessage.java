package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.run.StepReport;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What a trainer tells the coordinator. Repeats are harmless. */
sealed interface CoordinatorMessage extends Coordinator.Command, CborMessage {

  /**
   * I am here and can take a generation; said again every few seconds.
   *
   * @param trainer name
   * @param incarnation tells this process from an earlier one of the same name
   * @param place host and process id, for people
   */
  record Here(String trainer, long incarnation, String place, ActorRef<TrainerMessage> trainerRef)
      implements CoordinatorMessage {}

  /** Weights and connections of the generation are in place. */
  record Ready(String trainer, long generation) implements CoordinatorMessage {}

  /** The generation cannot go on here. */
  record Broken(String trainer, long generation, String reason) implements CoordinatorMessage {}

  /** A step is done. */
  record StepDone(String trainer, long generation, StepReport report)
      implements CoordinatorMessage {}

  /** This trainer's part of a checkpoint is on disk. */
  record PartWritten(
      String trainer, long generation, long step, int attempt, List<CheckpointFile> files)
      implements CoordinatorMessage {}

  /** This trainer's part of a checkpoint could not be written. */
  record PartFailed(String trainer, long generation, long step, int attempt, String reason)
      implements CoordinatorMessage {}

  /** This trainer ends, with the defect that made it, or an empty text. */
  record Ending(String trainer, long incarnation, String defect) implements CoordinatorMessage {}
}
