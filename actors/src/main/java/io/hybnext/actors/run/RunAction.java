package io.hybnext.actors.run;

import io.hybnext.actors.checkpoint.CheckpointFile;
import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import io.hybnext.streams.batch.Wave;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@link RunState} wants done, in order. */
public sealed interface RunAction {

  /** Start a trainer process; {@code delayMs} after earlier failures. */
  record LaunchTrainer(String trainer, long incarnation, long delayMs) implements RunAction {}

  /** End a trainer process that hangs or is cut off, if it still runs after {@code graceMs}. */
  record KillTrainer(String trainer, long incarnation, long graceMs, String reason)
      implements RunAction {}

  /** Tell a process that it cannot take part. */
  record RefuseTrainer(String trainer, long incarnation, String reason) implements RunAction {}

  /** Tell every member to stop where it is, connect to the others, and settle with them. */
  record Announce(Generation generation) implements RunAction {}

  /**
   * Tell every member how far it may go; sent again from time to time.
   *
   * @param generation the generation
   * @param holds number of holds of the generation before it
   * @param limit number of steps that may be done; smaller than before only after a {@link Hold}
   * @param checkpoint the checkpoint to take when its step is reached
   * @param committed number of steps that are committed: their reports are not needed any more
   */
  record Proceed(
      Generation generation,
      long holds,
      long limit,
      Optional<CheckpointRequest> checkpoint,
      long committed)
      implements RunAction {}

  /**
   * Tell every member to begin no further step, and to say where it is; sent again until all have.
   * The next {@link Proceed} ends that. Answered by {@link RunEvent.MemberHeld}.
   *
   * @param holds number of holds of the generation, with this one
   */
  record Hold(Generation generation, long holds) implements RunAction {}

  /** Tell every member to leave the generation and to keep what it holds. */
  record Abort(Generation generation, String reason) implements RunAction {}

  /** Tell one trainer to leave, in good order; sent again until it is gone. */
  record Dismiss(String trainer, long incarnation, String reason) implements RunAction {}

  /**
   * Tell an operator what became of an order.
   *
   * @param number of the order
   * @param done whether it was carried out
   * @param sentence what is so now, or why it cannot be
   */
  record Answer(long number, boolean done, String sentence) implements RunAction {}

  /** Tell every trainer to leave. */
  record DismissAll(String reason) implements RunAction {}

  /**
   * Make ready for a generation none of whose members holds anything: see that they can exchange,
   * and look up the newest good checkpoint; answered by {@link RunEvent.CheckpointResolved}.
   *
   * @param members number of trainers that are there
   */
  record ResolveCheckpoint(int members) implements RunAction {}

  /**
   * See that the members of the next generation can exchange; answered by {@link
   * RunEvent.ExchangeReady}.
   *
   * @param members number of trainers that are there
   */
  record PrepareExchange(int members) implements RunAction {}

  /** Put a complete checkpoint in its place; answered by {@link RunEvent.CheckpointPublished}. */
  record PublishCheckpoint(
      Generation generation, CheckpointRequest request, Map<String, List<CheckpointFile>> parts)
      implements RunAction {}

  /** Remove what there is of a checkpoint that came to nothing: the disk may be full of it. */
  record DropCheckpoint(CheckpointRequest request) implements RunAction {}

  /**
   * Put a wave of new items on disk, where every member looks before each step; answered by {@link
   * RunEvent.WaveNoted} or {@link RunEvent.WaveRefused}.
   */
  record NoteWave(Wave wave) implements RunAction {}

  /**
   * Note in the journal, before orders that follow, that members may do so many steps at most:
   * another coordinator must know what one that is lost may come back with.
   */
  record NoteAllowed(long steps) implements RunAction {}

  /** Tell the watchers. */
  record Report(ProgressEvent event) implements RunAction {}

  /** The run is over and every trainer gone. */
  record End(RunReport report) implements RunAction {}
}
