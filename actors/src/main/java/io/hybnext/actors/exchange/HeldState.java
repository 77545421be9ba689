package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import io.hybnext.actors.step.TrainStep;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntPredicate;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a trainer holds of the run's state, across generations: for each chunk the number of steps
 * that its weights and its moments contain, and which step's gradient sum is at hand. True at any
 * instant, also after an exception anywhere: what is about to be written is marked as not held, and
 * gets its number once it is whole. Owns the memory of the sums. Belongs to the trainer's thread;
 * only {@link #committed} and {@link #lastResult} may be read from others.
 */
public final class HeldState {
  /** Number of something that is not held, or only partly written. */
  static final long NOTHING = -1;

  private static final Commit NONE = new Commit(NOTHING, null);

  private final int[] bucketOf; // by chunk number, as all arrays here
  private final int[] bytesOf;
  private final long[] weights;
  private final long[] moments;
  private final long[] sums;
  private final UnsafeBuffer[] sumBuffers;
  private final Map<Integer, Deque<UnsafeBuffer>> spare = new HashMap<>(); // by bytes
  private final BitSet stale = new BitSet(); // buckets whose working weights may lag behind
  private volatile Commit last = NONE;
  private long begun = NOTHING;

  /** The number of steps past their commit point, and what the last of them came to, if known. */
  private record Commit(long steps, StepResult result) {}

  /** Nothing of a layout: the state of a new process. */
  public HeldState(BucketLayout layout) {
    int chunks = layout.buckets().stream().mapToInt(Bucket::chunks).sum();
    bucketOf = new int[chunks];
    bytesOf = new int[chunks];
    weights = new long[chunks];
    moments = new long[chunks];
    sums = new long[chunks];
    sumBuffers = new UnsafeBuffer[chunks];
    int number = 0;
    for (int bucket = 0; bucket < layout.buckets().size(); bucket++) {
      for (int index = 0; index < layout.buckets().get(bucket).chunks(); index++) {
        bucketOf[number] = bucket;
        bytesOf[number++] = layout.buckets().get(bucket).chunkLength(index) * Float.BYTES;
      }
    }
    clear();
  }

  /** Holds nothing from now on; call it before weights or moments are written by other hands. */
  public void clear() {
    last = NONE;
    begun = NOTHING;
    Arrays.fill(weights, NOTHING);
    Arrays.fill(moments, NOTHING);
    Arrays.fill(sums, NOTHING);
    stale.clear();
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
    last = new Commit(step, null);
  }

  /**
   * Number of steps whose commit point this member passed, or took over in a settlement; -1 while
   * it holds nothing.
   */
  public long committed() {
    return last.steps();
  }

  /** What step {@code committed() - 1} came to, if this member knows. */
  public Optional<StepResult> lastResult() {
    return Optional.ofNullable(last.result());
  }

  /** Bytes of gradient sums that are kept in memory between steps. */
  public long sumBytes() {
    long bytes = 0;
    for (UnsafeBuffer buffer : sumBuffers) {
      bytes += buffer == null ? 0 : buffer.capacity();
    }
    return bytes;
  }

  int chunks() {
    return weights.length;
  }

  /** Steps that the weights of a chunk contain; {@link #NOTHING} when they are not held. */
  long weights(int chunk) {
    return weights[chunk];
  }

  /** Steps that the moments of a chunk contain; {@link #NOTHING} when they are not held. */
  long moments(int chunk) {
    return moments[chunk];
  }

  /** The step whose gradient sum of a chunk is held whole; {@link #NOTHING} for none. */
  long sum(int chunk) {
    return sums[chunk];
  }

  /** The step that was begun and whose result was not given to the caller; or {@link #NOTHING}. */
  long begun() {
    return begun;
  }

  /**
   * The step that was begun and did not pass its commit point here, if all weights are as they were
   * before it.
   */
  public OptionalLong unfinished() {
    boolean whole = begun != NOTHING && begun == committed() && stale.isEmpty();
    for (int chunk = 0; whole && chunk < weights.length; chunk++) {
      whole = weights[chunk] == begun;
    }
    return whole ? OptionalLong.of(begun) : OptionalLong.empty();
  }

  /** Memory of a chunk's gradient sum; null unless this member sums or backs it up. */
  UnsafeBuffer sumBuffer(int chunk) {
    return sumBuffers[chunk];
  }

  /** Begins a step: from now on the sums are overwritten. */
  void begin(long step) {
    Arrays.fill(sums, NOTHING);
    begun = step;
  }

  /** The sum of a chunk is whole. */
  void summed(int chunk, long step) {
    sums[chunk] = step;
  }

  /**
   * Passes a commit point, or learns that others passed it.
   *
   * @param result of step {@code steps - 1}; null if unknown
   */
  void commit(long steps, StepResult result) {
    last = new Commit(steps, result);
  }

  /** The result of the step that was begun is known to the caller. */
  void told() {
    begun = NOTHING;
  }

  /** A step that is not applied: what was held after {@code step} steps is held after one more. */
  void skip(long step) {
    for (int chunk = 0; chunk < weights.length; chunk++) {
      weights[chunk] += weights[chunk] == step ? 1 : 0;
      moments[chunk] += moments[chunk] == step ? 1 : 0;
    }
  }

  /** Updates a chunk from its sum: weights and moments go from {@code step} steps to one more. */
  void update(TrainStep trainStep, BucketLayout.Chunk chunk, int number, float scale, long step) {
    writingWeights(number);
    moments[number] = NOTHING;
    trainStep.update(chunk, sumBuffers[number], 0, scale, step);
    moments[number] = step + 1;
    weights[number] = step + 1;
  }

  /** The weights of a chunk are about to be written. */
  void writingWeights(int chunk) {
    weights[chunk] = NOTHING;
    stale.set(bucketOf[chunk]);
  }

  /** The weights of a chunk are whole and contain {@code steps} steps. */
  void wroteWeights(int chunk, long steps) {
    weights[chunk] = steps;
  }

  /** The moments of a chunk are about to be written or let go. */
  void writingMoments(int chunk) {
    moments[chunk] = NOTHING;
  }

  /** The moments of a chunk are whole and contain {@code steps} steps. */
  void wroteMoments(int chunk, long steps) {
    moments[chunk] = steps;
  }

  /** Lets working weights follow wherever weights were written. */
  void refresh(TrainStep trainStep) {
    for (int bucket = stale.nextSetBit(0); bucket >= 0; bucket = stale.nextSetBit(bucket + 1)) {
      trainStep.weightsChanged(bucket);
      stale.clear(bucket);
    }
  }

  /** Ends a settlement: keeps memory for the sums of these chunks, and no sum of the past. */
  void keepSums(IntPredicate wanted) {
    Arrays.fill(sums, NOTHING);
    begun = NOTHING;
    for (int chunk = 0; chunk < sumBuffers.length; chunk++) {
      if (!wanted.test(chunk) && sumBuffers[chunk] != null) {
        spare.computeIfAbsent(bytesOf[chunk], bytes -> new ArrayDeque<>()).add(sumBuffers[chunk]);
        sumBuffers[chunk] = null;
      }
    }
    for (int chunk = 0; chunk < sumBuffers.length; chunk++) {
      if (wanted.test(chunk) && sumBuffers[chunk] == null) {
        Deque<UnsafeBuffer> free = spare.get(bytesOf[chunk]);
        sumBuffers[chunk] = free == null || free.isEmpty() ? memory(bytesOf[chunk]) : free.remove();
      }
    }
    spare.clear();
  }

  private static UnsafeBuffer memory(int bytes) {
    return new UnsafeBuffer(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
  }
}
