package io.hybnext.actors.trainer;

import io.hybnext.actors.checkpoint.CheckpointRequest;
import io.hybnext.actors.membership.Generation;
import java.util.Optional;

/**
 * What a trainer has to do next, from the orders it was given: no thread, clock or maths. Orders of
 * an older generation, and repeated ones, change nothing.
 */
final class TrainerPlan {

  /** What to do. */
  sealed interface Next {}

  /** Nothing until another order comes. */
  record Wait() implements Next {}

  /** Restore or initialise, and connect. */
  record Prepare(Generation generation) implements Next {}

  /** Take a part of a checkpoint. */
  record Capture(CheckpointRequest request) implements Next {}

  /** Run the step. */
  record RunStep(long step) implements Next {}

  /** Stop for good. */
  record Leave() implements Next {}

  private Generation announced;
  private Generation current;
  private boolean intact;
  private long done;
  private long limit;
  private CheckpointRequest request;
  private CheckpointRequest captured;
  private boolean leaving;

  /** Takes a new generation; returns false for an old or repeated one. */
  boolean announce(Generation generation) {
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

  /** Raises the limit and takes the checkpoint that is due. */
  void proceed(long generation, long newLimit, Optional<CheckpointRequest> checkpoint) {
    if (!isIntact(generation)) {
      return;
    }
    limit = Math.max(limit, newLimit);
    checkpoint.filter(of -> !of.equals(captured)).ifPresent(of -> request = of);
  }

  /** Drops the generation; returns whether it was the present one. */
  boolean abort(long generation) {
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

  void leave() {
    leaving = true;
    intact = false;
  }

  Next next() {
    if (leaving) {
      return new Leave();
    }
    if (announced != null) {
      return new Prepare(announced);
    }
    if (!intact) {
      return new Wait();
    }
    if (request != null && request.step() == done) {
      return new Capture(request);
    }
    return done < limit ? new RunStep(done) : new Wait();
  }

  /** Starts on an announced generation: from now on it is the present one. */
  void preparing(Generation generation) {
    current = generation;
    announced = null;
    intact = true;
    done = generation.startStep();
    limit = done;
    request = null;
    captured = null;
  }

  void stepped() {
    done++;
  }

  void captured(CheckpointRequest of) {
    captured = of;
    if (of.equals(request)) {
      request = null;
    }
  }

  /** The present generation cannot go on here. */
  void broke() {
    intact = false;
  }

  boolean isIntact(long generation) {
    return intact && current != null && current.number() == generation;
  }

  boolean isLeaving() {
    return leaving;
  }
}
