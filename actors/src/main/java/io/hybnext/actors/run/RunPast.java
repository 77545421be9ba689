package io.hybnext.actors.run;

import java.util.Optional;

/**
 * What is known of a run that another coordinator led before.
 *
 * @param committed number of steps that it committed
 * @param allowed number of steps that members were ever let do, at most: one that is away may hold
 *     the state after so many
 * @param lost the same when a generation began that had to go back to a checkpoint, or to the seed;
 *     0 if none had to
 * @param settled number of the last generation that is known to have begun its steps; 0 for none
 * @param pause why an operator paused it, if it is still to stand
 */
public record RunPast(
    long committed, long allowed, long lost, long settled, Optional<String> pause) {
  /** Of a new run. */
  public static final RunPast NONE = new RunPast(0, 0, 0, 0, Optional.empty());

  /** Of a run that is started again, with trainers that know nothing of it, to go on. */
  public RunPast startedAgain() {
    return new RunPast(committed, 0, 0, 0, Optional.empty());
  }
}
