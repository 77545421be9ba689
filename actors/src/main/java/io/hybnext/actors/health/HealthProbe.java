package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent.HealthState;
import java.util.List;
import java.util.Optional;

/** Looks at something outside of the run about once a second, on a thread that may wait. */
public interface HealthProbe {

  /** What it looks at, as findings name it. */
  String actor();

  /** What it can find. */
  Cause cause();

  /** What is wrong now; empty when it is well. */
  Optional<Trouble> look();

  /** What it does itself, where it is an actor; any thread may ask, and it must not wait. */
  default Optional<ActorReport> report() {
    return Optional.empty();
  }

  /** Where its stages are, where it is a stream; asked after {@link #look}, by the same thread. */
  default List<HealthSignal.Stage> stages() {
    return List.of();
  }

  /**
   * A run's progress as far as a probe needs it.
   *
   * @param bytes of a checkpoint that was published
   */
  default void onCheckpoint(long bytes) {}

  /**
   * What is wrong.
   *
   * @param state how bad it is
   * @param sentence what is so
   * @param action what to do next
   */
  record Trouble(HealthState state, String sentence, String action) {}
}
