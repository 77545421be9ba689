package io.hybnext.actors.run;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
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
    /** Its process lives, but nothing is heard of it; others go on without it. */
    PAUSED,
    /** It is heard again, and takes part again soon. */
    RESUMED,
    /** Its process ended or it cannot be reached. */
    LOST,
    /** It left in good order, as it or an operator wished, or because the run ends. */
    LEFT,
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
   * A process came that stands by to lead the run, or one that did is gone.
   *
   * @param place where it is, {@code HOST:PORT}
   * @param there whether it stands by now
   */
  record StandbyChanged(String place, boolean there) implements ProgressEvent {}

  /**
   * A generation was announced.
   *
   * @param generation its number
   * @param trainers names of the members by rank
   * @param microshards number of microshards of each, by rank
   * @param reason why there is another one
   */
  record GenerationFormed(
      long generation, List<String> trainers, List<Integer> microshards, String reason)
      implements ProgressEvent {

    /** Copies the lists. */
    public GenerationFormed {
      trainers = List.copyOf(trainers);
      microshards = List.copyOf(microshards);
    }
  }

  /**
   * The members of a generation hold the same state and begin.
   *
   * @param generation its number
   * @param startStep first step it runs
   * @param checkpoint folder they restored; empty when they had the state, or began from the seed
   */
  record GenerationSettled(long generation, long startStep, String checkpoint)
      implements ProgressEvent {}

  /**
   * Another coordinator leads; the generation goes on as it is.
   *
   * @param generation its number
   * @param committed number of steps that are known to be committed
   */
  record GenerationAdopted(long generation, long committed) implements ProgressEvent {}

  /**
   * The first step of a generation is committed: how long the change took.
   *
   * @param generation its number
   * @param step the step
   * @param announceMs from the news that made another generation necessary to its announcement
   * @param openMs until its members had stopped and opened the exchange, the slowest one
   * @param settleMs until they held the same state, the slowest one
   * @param readyMs from the announcement until the coordinator knew that all of them were ready
   * @param firstStepMs from then until the step was committed
   */
  record GenerationRunning(
      long generation,
      long step,
      double announceMs,
      double openMs,
      double settleMs,
      double readyMs,
      double firstStepMs)
      implements ProgressEvent {}

  /**
   * Steps that were committed are lost, because nobody alive held their result: they are done
   * again, with the same values.
   *
   * @param from number of steps that were committed
   * @param to number of steps in the checkpoint that the run goes on from
   */
  record RolledBack(long from, long to) implements ProgressEvent {}

  /**
   * A generation cannot go on.
   *
   * @param generation its number
   * @param reason one sentence
   */
  record GenerationBroken(long generation, String reason) implements ProgressEvent {}

  /**
   * Every member has the weights after this step. Every step comes once, in order; only after
   * {@link RolledBack} steps are committed again, with the same values.
   *
   * @param report losses, norm, tokens and learning rate of the step; times of rank 0, but {@code
   *     doneMs} of the last member
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
   * @param captureMs for how long steps were held up while it was copied, for the slowest member;
   *     null when no member told
   */
  record CheckpointSaved(long step, String folder, long sizeBytes, Double captureMs)
      implements ProgressEvent {}

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
   * The generation ends after a step, for another one to go on from there.
   *
   * @param step number of steps done then
   * @param reason why
   */
  record HandingOver(long step, String reason) implements ProgressEvent {}

  /**
   * New items enter the run.
   *
   * @param step the first that may draw them
   * @param items number of all items from then on
   * @param segments of the store that hold them
   */
  record WaveEntered(long step, long items, int segments) implements ProgressEvent {}

  /**
   * A checkpoint was measured before it becomes the current one. Figures that were not measured are
   * null.
   *
   * @param step number of steps in it
   * @param accepted whether it is current now
   * @param reason one sentence
   * @param nll on the fixed held-out set, nats a token
   * @param forgetting share by which that is above the best accepted before
   * @param kid of drawn pictures to the fixed held-out set
   * @param newestNll on the newest items
   * @param newestKid of drawn pictures to the newest items
   * @param seconds that measuring took
   */
  record Gate(
      long step,
      boolean accepted,
      String reason,
      Double nll,
      Double forgetting,
      Double kid,
      Double newestNll,
      Double newestKid,
      double seconds)
      implements ProgressEvent {}

  /**
   * Features of new items beside those of the items that the run began with.
   *
   * @param source of the new items; empty when unknown
   * @param items number of new items compared
   * @param meanShift distance of the means, in standard deviations of the reference
   * @param kernelDistance squared maximum mean discrepancy, cubic kernel
   * @param alarm whether the mean shift reaches the bound
   */
  record Drift(String source, int items, double meanShift, double kernelDistance, boolean alarm)
      implements ProgressEvent {}

  /**
   * New items do not enter yet; they are offered again.
   *
   * @param reason one sentence
   */
  record WaveDelayed(String reason) implements ProgressEvent {}

  /**
   * The media driver of this machine was started.
   *
   * @param process its number
   * @param detail why it was started again; empty the first time
   */
  record DriverStarted(long process, String detail) implements ProgressEvent {}

  /** How bad something is. */
  enum HealthState {
    /** It is over. */
    OK,
    /** The run goes on, slower or with less safety. */
    DEGRADED,
    /** The run stands still, or something is lost, until somebody acts. */
    FAILED;

    /** As journals and metrics have it: in small letters. */
    @JsonValue
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something began to go wrong, changed, or is over.
   *
   * @param actor what it is about: a trainer's name, {@code coordinator}, {@code media driver},
   *     {@code disk}, ...
   * @param state {@link HealthState#OK} when it is over
   * @param cause a word with hyphens, the same from its beginning to its end, see {@link
   *     io.hybnext.actors.health.Cause}
   * @param sentence what is so
   * @param action the next thing to do; empty when it is over
   * @param since when it began, ISO 8601
   */
  record Health(
      String actor, HealthState state, String cause, String sentence, String action, String since)
      implements ProgressEvent {}

  /**
   * No step is begun until {@link Continued}: an operator paused the run. Members stay.
   *
   * @param step number of steps that are done
   * @param reason what the operator said
   */
  record Paused(long step, String reason) implements ProgressEvent {}

  /** An operator lets the run go on after {@link Paused}. */
  record Continued() implements ProgressEvent {}

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
