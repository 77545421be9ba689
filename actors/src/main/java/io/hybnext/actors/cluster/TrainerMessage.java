package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.lifeline.LifelineAddress;
import io.hybnext.actors.membership.Generation;
import java.util.Optional;

/** What the coordinator tells a trainer. Repeats are harmless. */
sealed interface TrainerMessage extends Trainer.Command, CborMessage {

  /**
   * Answers {@link CoordinatorMessage.Here}: say there, all the time, that you live.
   *
   * @param version of the coordinator's code
   */
  record Welcome(LifelineAddress lifeline, ProtocolVersion version) implements TrainerMessage {

    /** Takes messages of releases that know no versions. */
    public Welcome {
      version = ProtocolVersion.of(version);
    }
  }

  /**
   * A generation begins: stop where you are, connect, settle, answer {@link
   * CoordinatorMessage.Ready}.
   */
  record Announce(Generation generation) implements TrainerMessage {}

  /**
   * Run until {@code limit} steps are done; take the checkpoint when its step is reached.
   *
   * @param holds number of {@link Hold}s of the generation before it
   * @param committed number of steps whose reports are not needed any more
   */
  record Proceed(
      long generation,
      long holds,
      long limit,
      Optional<CheckpointRequest> checkpoint,
      long committed)
      implements TrainerMessage {}

  /**
   * Begin no further step before the next {@link Proceed}; answer {@link CoordinatorMessage.Held}.
   *
   * @param holds number of them in the generation, with this one
   */
  record Hold(long generation, long holds) implements TrainerMessage {}

  /** Leave the generation, keep what you hold, and wait for the next. */
  record Abort(long generation, String reason) implements TrainerMessage {}

  /**
   * The run is over, or has no place for this trainer.
   *
   * @param refused whether it came in vain, which is a failure of its process
   */
  record Leave(String reason, boolean refused) implements TrainerMessage {}
}
