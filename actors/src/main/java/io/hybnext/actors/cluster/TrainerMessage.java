package io.hybnext.actors.cluster;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import java.util.Optional;

/** What the coordinator tells a trainer. Repeats are harmless. */
sealed interface TrainerMessage extends Trainer.Command, CborMessage {

  /** A generation begins: restore, connect, answer {@link CoordinatorMessage.Ready}. */
  record Announce(Generation generation) implements TrainerMessage {}

  /** Run until {@code limit} steps are done; take the checkpoint when its step is reached. */
  record Proceed(long generation, long limit, Optional<CheckpointRequest> checkpoint)
      implements TrainerMessage {}

  /** Drop the generation and wait for the next. */
  record Abort(long generation, String reason) implements TrainerMessage {}

  /** The run is over, or has no place for this trainer. */
  record Leave(String reason) implements TrainerMessage {}
}
