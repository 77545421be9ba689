package io.hybnext.actors.run;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a run tells the people and tools that watch it, in order. */
public sealed interface ProgressEvent {

  /** What a trainer process does. */
  enum TrainerState {
    /** Its process was started. */
    LAUNCHED,
    /** It is in the cluster and ready for work. */
    JOINED,
    /** Its process ended or it cannot be reached. */
    LOST,
    /** It failed too often and is not started again. */
    GIVEN_UP
  }

  /**
   * A trainer came or went.
   *
   * @param trainer its name
   * @param state what it does now
   * @param detail where it runs, or why it is lost
   */
  record TrainerChanged(String trainer, TrainerState state, String detail)
      implements ProgressEvent {
    private static final Pattern PROCESS = Pattern.compile("process (\\d+)");

    /** Number of the process that the detail tells of; empty when it tells of none. */
    public OptionalLong processId() {
      Matcher process = PROCESS.matcher(detail);
      return process.find()
          ? OptionalLong.of(Long.parseLong(process.group(1)))
          : OptionalLong.empty();
    }
  }

  /**
   * A generation was announced.
   *
   * @param generation its number
   * @param trainers names of the members by rank
   * @param startStep first step it runs
   * @param checkpoint folder it restores from; empty to start from the seed
   */
  record GenerationFormed(long generation, List<String> trainers, long startStep, String checkpoint)
      implements ProgressEvent {}

  /**
   * A generation cannot go on.
   *
   * @param generation its number
   * @param reason one sentence
   */
  record GenerationBroken(long generation, String reason) implements ProgressEvent {}

  /**
   * Every member has the weights after this step. After a restart from a checkpoint, steps are
   * committed again, with the same values.
   *
   * @param report losses, norm, tokens and learning rate of the step; times of rank 0
   * @param steps number of steps of the run
   * @param tokensPerSecond over all trainers, smoothed
   * @param secondsPerStep smoothed
   * @param etaSeconds time to the last step
   * @param members health of every member by rank
   */
  record StepCommitted(
      StepReport report,
      long steps,
      double tokensPerSecond,
      double secondsPerStep,
      double etaSeconds,
      List<MemberHealth> members)
      implements ProgressEvent {}

  /**
   * A step's loss or gradient was not finite; the weights did not change.
   *
   * @param step its number
   * @param inARow number of such steps without a good one in between
   * @param items numbers of the items in its batch
   */
  record StepNotApplied(long step, int inARow, List<Long> items) implements ProgressEvent {}

  /**
   * A checkpoint was published.
   *
   * @param step number of steps in it
   * @param folder absolute path
   * @param sizeBytes of all its files
   */
  record CheckpointSaved(long step, String folder, long sizeBytes) implements ProgressEvent {}

  /**
   * A checkpoint could not be written; training goes on and the one before is kept.
   *
   * @param step its step
   * @param reason one sentence
   */
  record CheckpointFailed(long step, String reason) implements ProgressEvent {}

  /**
   * A damaged checkpoint was passed over.
   *
   * @param reason one sentence that names it
   */
  record CheckpointSkipped(String reason) implements ProgressEvent {}

  /**
   * The generation ends after a step, for another one to go on from its checkpoint.
   *
   * @param step number of steps done then
   * @param reason why
   */
  record HandingOver(long step, String reason) implements ProgressEvent {}

  /**
   * The media driver of this machine was started.
   *
   * @param process its number
   * @param detail why it was started again; empty the first time
   */
  record DriverStarted(long process, String detail) implements ProgressEvent {}

  /**
   * The run ends after a step that all members agreed on.
   *
   * @param step number of steps done then
   * @param reason why
   */
  record Stopping(long step, String reason) implements ProgressEvent {}

  /**
   * The run ended; the last event.
   *
   * @param report how
   */
  record Ended(RunReport report) implements ProgressEvent {}
}
