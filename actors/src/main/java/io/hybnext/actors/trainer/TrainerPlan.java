package io.hybnext.actors.trainer;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a trainer has to do next, from the orders it was given: no thread, clock or maths. Orders of
 * an older generation, and repeated ones, change nothing.
 */
public final class TrainerPlan {

  /** What to do. */
  public sealed interface Next {}

  /** Nothing until another order comes. */
  public record Wait() implements Next {}

  /** Connect to the other members of a generation, and settle with them. */
  public record Prepare(Generation generation) implements Next {}

  /** Take a part of a checkpoint. */
  public record Capture(CheckpointRequest request) implements Next {}

  /** Run the step. */
  public record RunStep(long step) implements Next {}

  /** Stop for good. */
  public record Leave() implements Next {}

  private Generation announced;
  private Generation current;
  private boolean intact;
  private boolean settled;
  private boolean inStep;
  private boolean held;
  private long holds;
  private long done;
  private long limit;
  private CheckpointRequest request;
  private CheckpointRequest captured;
  private boolean leaving;

  /** Takes a new generation; returns false for an old or repeated one. */
  public boolean announce(Generation generation) {
    long newest = newest();
    if (generation.number() <= newest) {
      return false;
    }
    announced = generation;
    intact = false;
    return true;
  }

  private long newest() {
    if (announced != null) {
      return announced.number();
    }
    return current == null ? Long.MIN_VALUE : current.number();
  }

  /**
   * Raises the limit and takes the checkpoint that is due; after {@link #hold} the limit is what it
   * is told, also when it was further before.
   *
   * @param after number of holds of the generation before this order; one that was overtaken by a
   *     hold is ignored
   */
  public void proceed(
      long generation, long after, long newLimit, Optional<CheckpointRequest> checkpoint) {
    if (!isIntact(generation) || after < holds) {
      return;
    }
    limit = held ? newLimit : Math.max(limit, newLimit);
    held = false;
    checkpoint.filter(of -> !of.equals(captured)).ifPresent(of -> request = of);
  }

  /**
   * Begins no further step until the next {@link #proceed}.
   *
   * @param number of the hold in the generation, from 1
   * @return number of steps done, the one that it is in counted as done; empty when it does no
   *     steps of this generation, or was held again since
   */
  public OptionalLong hold(long generation, long number) {
    if (!isIntact(generation) || !settled || number < holds) {
      return OptionalLong.empty();
    }
    holds = number;
    held = true;
    return OptionalLong.of(inStep ? done + 1 : done);
  }

  /** Leaves the generation; returns whether it was the present one. */
  public boolean abort(long generation) {
    if (announced != null && announced.number() <= generation) {
      announced = null;
      return true;
    }
    if (isIntact(generation)) {
      intact = false;
      return true;
    }
    return false;
  }

  /** Ends for good, whatever else there is to do. */
  public void leave() {
    leaving = true;
    intact = false;
  }

  /** What is to be done now; the same until something changes. */
  public Next next() {
    if (leaving) {
      return new Leave();
    }
    if (announced != null) {
      return new Prepare(announced);
    }
    if (!intact || !settled) {
      return new Wait();
    }
    if (request != null && request.step() == done) {
      return new Capture(request);
    }
    return done < limit && !held ? new RunStep(done) : new Wait();
  }

  /** Starts on an announced generation: from now on it is the present one. */
  public void preparing(Generation generation) {
    current = generation;
    announced = null;
    intact = true;
    settled = false;
    inStep = false;
    held = false;
    holds = 0;
    done = 0;
    limit = 0;
    request = null;
    captured = null;
  }

  /** The members of the present generation hold the same state. */
  public void settled(long step) {
    settled = true;
    done = step;
    limit = Math.max(limit, step);
  }

  /** The next step begins. */
  public void stepping() {
    inStep = true;
  }

  /** It is done. */
  public void stepped() {
    inStep = false;
    done++;
  }

  /** The part of a checkpoint was taken. */
  public void captured(CheckpointRequest of) {
    captured = of;
    if (of.equals(request)) {
      request = null;
    }
  }

  /** The present generation cannot go on here. */
  public void broke() {
    intact = false;
  }

  /** Whether this is the present generation and it was not ended. */
  public boolean isIntact(long generation) {
    return intact && current != null && current.number() == generation;
  }

  /** Whether it was told to leave. */
  public boolean isLeaving() {
    return leaving;
  }
}
