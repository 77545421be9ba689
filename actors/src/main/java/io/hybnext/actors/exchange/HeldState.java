package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.step.BucketLayout;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a trainer holds of the run's state, across generations: for each chunk the number of steps
 * that its weights and its moments contain. True at any instant, also after an exception anywhere:
 * the exchange marks what it is about to write as unknown, and gives it its number once it is
 * whole. Belongs to the trainer's thread; {@link #committed} may be read from any.
 */
public final class HeldState {
  /** Steps that something contains which is not held, or only partly written. */
  static final long NOTHING = -1;

  private final long[] weights; // by chunk number
  private final long[] moments;
  private volatile long committed;
  private StepResult lastResult;

  /** Nothing of a layout: the state of a new process. */
  public HeldState(BucketLayout layout) {
    int chunks = layout.buckets().stream().mapToInt(BucketLayout.Bucket::chunks).sum();
    weights = new long[chunks];
    moments = new long[chunks];
    clear();
  }

  /** Holds nothing from now on; call it before weights or moments are written by other hands. */
  public void clear() {
    committed = NOTHING;
    lastResult = null;
    Arrays.fill(weights, NOTHING);
    Arrays.fill(moments, NOTHING);
  }

  /**
   * Holds everything from now on: all weights and moments were restored or initialised.
   *
   * @param step number of steps that they contain
   */
  public void reset(long step) {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + ": want at least 0");
    }
    clear();
    Arrays.fill(weights, step);
    Arrays.fill(moments, step);
    committed = step;
  }

  /** Number of steps whose commit point this member passed; -1 while it holds nothing. */
  public long committed() {
    return committed;
  }

  /** What step {@code committed() - 1} came to, if this member knows. */
  public Optional<StepResult> lastResult() {
    return Optional.ofNullable(lastResult);
  }

  /** Passes the commit point of step {@code steps - 1}. */
  void commit(long steps, StepResult result) {
    lastResult = result;
    committed = steps;
  }

  /** The weights or moments of a chunk are about to be written. */
  void writing(int chunk) {
    weights[chunk] = NOTHING;
    moments[chunk] = NOTHING;
  }

  /** All weights and moments contain as many steps as are committed. */
  void finished() {
    Arrays.fill(weights, committed);
    Arrays.fill(moments, committed);
  }
}
