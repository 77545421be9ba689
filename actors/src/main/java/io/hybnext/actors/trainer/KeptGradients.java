package io.hybnext.actors.trainer;

import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.Batch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Keeps the gradients of the step under way, microshard by microshard, so that a step that broke
 * off is not computed again: the weights before a step are the same bytes in every generation, and
 * so is what follows from them. Holds as many microshards as fit its memory, which is taken once.
 * Belongs to the trainer's thread.
 */
public final class KeptGradients {
  /** Memory that a trainer gives to it: gradients of large networks are not worth their copies. */
  public static final long LIMIT_BYTES = 64L << 20;

  private static final long NO_STEP = -1;

  private final NanoClock clock;
  private final int[] bytes; // by bucket
  private final long most; // microshards
  private final Map<Integer, Kept> kept = new HashMap<>(); // by microshard
  private final Deque<UnsafeBuffer[]> spare = new ArrayDeque<>();
  private long made;
  private long step = NO_STEP;
  private boolean keeping;

  /**
   * A microshard that was computed.
   *
   * @param gradients by bucket
   * @param computeNs how long that took
   */
  private record Kept(Batch batch, UnsafeBuffer[] gradients, TrainStep.Loss loss, long computeNs) {}

  /**
   * What a microshard came to.
   *
   * @param computeNs how long forward and backward took, now or when they were done
   * @param isNew whether that was now
   */
  public record Outcome(TrainStep.Loss loss, long computeNs, boolean isNew) {}

  /**
   * Keeps nothing yet.
   *
   * @param layout of the gradients
   * @param limitBytes that may be used
   */
  public KeptGradients(BucketLayout layout, long limitBytes, NanoClock clock) {
    this.clock = clock;
    bytes =
        layout.buckets().stream().mapToInt(Bucket::length).map(of -> of * Float.BYTES).toArray();
    long each = 0;
    for (int of : bytes) {
      each += of;
    }
    most = limitBytes / Math.max(1, each);
  }

  /** Says whether somebody could break a step off: a trainer that is alone need not keep any. */
  public void keep(boolean wanted) {
    keeping = wanted;
  }

  /** Forgets everything. */
  public void clear() {
    enter(NO_STEP);
  }

  private void enter(long next) {
    if (next != step) {
      kept.values().forEach(of -> spare.add(of.gradients()));
      kept.clear();
      step = next;
    }
  }

  /** The batch of a microshard that is kept; null for none. */
  public Batch batch(long of, int microshard) {
    Kept found = of == step ? kept.get(microshard) : null;
    return found == null ? null : found.batch();
  }

  /** Whether one more microshard of a step would be kept. */
  public boolean hasRoom(long of) {
    return keeping && (of == step ? kept.size() : 0) < most;
  }

  /**
   * Gives the gradients of a batch to the sink, from memory when they are kept. When the sink says
   * that the generation is over, a microshard that will be kept is computed to its end before that
   * is thrown.
   *
   * @param with has the weights before the batch's step
   * @param over told when the sink says so, and again with every bucket after it
   */
  @SuppressWarnings("ReferenceEquality") // the very batch that batch(...) gave, no equal one
  public Outcome give(
      TrainStep with, Batch batch, TrainStep.GradientSink sink, Consumer<ExchangeException> over) {
    Kept found = batch.step() == step ? kept.get(batch.microshard()) : null;
    if (found != null && found.batch() == batch) {
      for (int bucket = bytes.length - 1; bucket >= 0; bucket--) {
        sink.accept(bucket, found.gradients()[bucket]);
      }
      return new Outcome(found.loss(), found.computeNs(), false);
    }
    if (found != null) { // of items that have been withdrawn since
      spare.add(kept.remove(batch.microshard()).gradients());
    }
    return compute(with, batch, sink, over);
  }

  private Outcome compute(
      TrainStep with, Batch batch, TrainStep.GradientSink sink, Consumer<ExchangeException> over) {
    long startNs = clock.nanoTime();
    enter(batch.step());
    if (!hasRoom(batch.step())) {
      TrainStep.Loss loss = with.forwardBackward(batch, sink);
      return new Outcome(loss, clock.nanoTime() - startNs, true);
    }
    UnsafeBuffer[] memory = memory();
    CopyingSink copying = new CopyingSink(memory, sink, over);
    TrainStep.Loss loss;
    try {
      loss = with.forwardBackward(batch, copying);
    } catch (RuntimeException failed) {
      spare.add(memory);
      throw failed;
    }
    long tookNs = clock.nanoTime() - startNs;
    kept.put(batch.microshard(), new Kept(batch, memory, loss, tookNs));
    if (copying.ended != null) {
      throw copying.ended;
    }
    return new Outcome(loss, tookNs, true);
  }

  private UnsafeBuffer[] memory() {
    if (!spare.isEmpty()) {
      return spare.remove();
    }
    made++;
    UnsafeBuffer[] memory = new UnsafeBuffer[bytes.length];
    for (int bucket = 0; bucket < bytes.length; bucket++) {
      memory[bucket] =
          new UnsafeBuffer(ByteBuffer.allocateDirect(bytes[bucket]).order(ByteOrder.nativeOrder()));
    }
    return memory;
  }

  /** Microshards that memory was taken for; stays the same from step to step. */
  long made() {
    return made;
  }

  private static final class CopyingSink implements TrainStep.GradientSink {
    private final UnsafeBuffer[] memory;
    private final TrainStep.GradientSink sink;
    private final Consumer<ExchangeException> over;
    private ExchangeException ended;

    CopyingSink(
        UnsafeBuffer[] memory, TrainStep.GradientSink sink, Consumer<ExchangeException> over) {
      this.memory = memory;
      this.sink = sink;
      this.over = over;
    }

    @Override
    public void accept(int bucket, DirectBuffer gradient) {
      memory[bucket].putBytes(0, gradient, 0, memory[bucket].capacity());
      if (ended == null) {
        try {
          sink.accept(bucket, gradient);
        } catch (ExchangeException now) {
          ended = now;
        }
      }
      if (ended != null) {
        over.accept(ended);
      }
    }
  }
}
