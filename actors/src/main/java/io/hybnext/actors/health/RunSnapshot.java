package io.hybnext.actors.health;

import io.hybnext.actors.run.ProgressEvent;
import java.util.List;

/**
 * What a run does at a moment, as the process that leads it knows. Counts begin when that process
 * began to lead. NaN and 0 stand for what is not known yet.
 *
 * @param at the moment, ISO 8601
 * @param ledSince when this process began to lead, ISO 8601
 * @param process number of the process that leads
 * @param phase what it does
 * @param generation number of the present membership
 * @param steps of the run
 * @param progress of the training
 * @param checkpoint the newest one; null before the first
 * @param counts what happened so far
 * @param members every trainer that is known, members first, by rank
 * @param actors those of the leading process
 * @param findings what is wrong now
 */
public record RunSnapshot(
    String at,
    String ledSince,
    long process,
    RunPhase phase,
    long generation,
    long steps,
    Progress progress,
    Checkpoint checkpoint,
    Counts counts,
    List<Member> members,
    List<ActorReport> actors,
    List<ProgressEvent.Health> findings) {

  /** Copies the lists; files of earlier releases have no actors. */
  public RunSnapshot {
    members = List.copyOf(members);
    actors = actors == null ? List.of() : List.copyOf(actors);
    findings = List.copyOf(findings);
  }

  /** What a run can be doing. */
  public enum RunPhase {
    /** Waits for trainers. */
    GATHERING,
    /** A generation's members connect and settle on a state. */
    SETTLING,
    /** Steps follow each other. */
    TRAINING,
    /** Members are there and do no steps, because somebody wants it. */
    PAUSED,
    /** Takes the last checkpoint, and trainers leave. */
    STOPPING,
    /** It is over. */
    ENDED
  }

  /**
   * The newest committed step.
   *
   * @param step number of steps done
   * @param nll next-token loss, nats a token
   * @param gva 1 - cosine of the alignment
   * @param zLoss z-loss before its weight
   * @param gradientNorm before clipping
   * @param learningRate of the step
   * @param tokensPerSecond over all trainers, smoothed
   * @param secondsPerStep smoothed
   * @param etaSeconds to the last step
   */
  public record Progress(
      long step,
      double nll,
      double gva,
      double zLoss,
      double gradientNorm,
      double learningRate,
      double tokensPerSecond,
      double secondsPerStep,
      double etaSeconds) {
    /** Before the first step. */
    public static final Progress NONE =
        new Progress(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 0, 0, 0);
  }

  /**
   * A published checkpoint.
   *
   * @param step number of steps in it
   * @param folder absolute path
   * @param sizeBytes of all its files
   * @param at when it was published, ISO 8601
   * @param seconds from its step to its publication; 0 when unknown
   */
  public record Checkpoint(long step, String folder, long sizeBytes, String at, double seconds) {}

  /**
   * What happened since this process leads.
   *
   * @param steps committed
   * @param tokens predicted in them
   * @param notApplied steps whose gradient was not finite
   * @param generations formed
   * @param membersLost trainers that ended or could not be reached
   * @param checkpoints published
   * @param checkpointsFailed not written
   * @param driverRestarts of the media driver of the exchange
   */
  public record Counts(
      long steps,
      long tokens,
      long notApplied,
      long generations,
      long membersLost,
      long checkpoints,
      long checkpointsFailed,
      long driverRestarts) {}

  /**
   * A trainer.
   *
   * @param trainer its name
   * @param rank in the generation; -1 when it is no member
   * @param state launched, joined, paused, lost or given-up
   * @param place where it runs, or why it is lost
   * @param microshards of each step that are its own
   * @param tokensPerSecond its share
   * @param computeMs forward and backward of a step, smoothed
   * @param exchangeMs waiting for others in a step, smoothed
   * @param dataWaitMs waiting for batches in a step, smoothed
   * @param straggler whether the others wait for it
   * @param vitals what it told last; null when it told nothing
   * @param toldMs how long ago that was
   */
  public record Member(
      String trainer,
      int rank,
      String state,
      String place,
      int microshards,
      double tokensPerSecond,
      double computeMs,
      double exchangeMs,
      double dataWaitMs,
      boolean straggler,
      Vitals vitals,
      long toldMs) {}
}
