package io.hybnext.streams.flow;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts what passes one stage. Thread-safe, and cheap enough for every element. */
public final class StageMeter {
  private static final long NOT_STARTED = Long.MIN_VALUE;
  private static final double NS_PER_SECOND = 1e9;

  private final String stage;
  private final int workers;
  private final LongSupplier clockNs;
  private final AtomicLong startNs = new AtomicLong(NOT_STARTED);
  private final AtomicLong lastNs = new AtomicLong(NOT_STARTED);
  private final LongAdder arrived = new LongAdder();
  private final LongAdder begun = new LongAdder();
  private final LongAdder finished = new LongAdder();
  private final LongAdder quarantined = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder busyNs = new LongAdder();

  /**
   * A meter at zero.
   *
   * @param stage name of the stage
   * @param workers how many elements or groups it works on at once; busy share refers to them
   */
  public StageMeter(String stage, int workers) {
    this(stage, workers, System::nanoTime);
  }

  /** The same with a clock of the caller's. */
  public StageMeter(String stage, int workers, LongSupplier clockNs) {
    this.stage = stage;
    this.workers = workers;
    this.clockNs = clockNs;
  }

  /** Elements come in and wait. */
  public void arrive(int elements, long sizeBytes) {
    startNs.compareAndSet(NOT_STARTED, clockNs.getAsLong());
    arrived.add(elements);
    bytes.add(sizeBytes);
  }

  /**
   * Work on elements that arrived begins.
   *
   * @return the time, for {@link #finish}
   */
  public long begin(int elements) {
    begun.add(elements);
    return clockNs.getAsLong();
  }

  /**
   * Work ends and the elements go on.
   *
   * @param sizeBytes what they held when they arrived
   * @param beganNs from {@link #begin}
   */
  public void finish(int elements, long sizeBytes, long beganNs) {
    long nowNs = clockNs.getAsLong();
    busyNs.add(nowNs - beganNs);
    finished.add(elements);
    bytes.add(-sizeBytes);
    lastNs.accumulateAndGet(nowNs, Math::max);
  }

  /** An element is put aside here; {@link #finish} is called for it as well. */
  public void quarantine() {
    quarantined.increment();
  }

  /** The figures now. */
  public StageSnapshot snapshot() {
    long start = startNs.get();
    long doneCount = finished.sum();
    long begunCount = Math.max(doneCount, begun.sum()); // sums are taken one after the other
    long arrivedCount = Math.max(begunCount, arrived.sum());
    boolean idle = arrivedCount == doneCount;
    long endNs = idle && doneCount > 0 ? lastNs.get() : clockNs.getAsLong();
    double elapsed = start == NOT_STARTED ? 0 : Math.max(1, endNs - start) / NS_PER_SECOND;
    double busy = busyNs.sum() / NS_PER_SECOND;
    return new StageSnapshot(
        stage,
        doneCount,
        elapsed == 0 ? 0 : doneCount / elapsed,
        arrivedCount - begunCount,
        begunCount - doneCount,
        Math.max(0, bytes.sum()),
        elapsed == 0 ? 0 : Math.min(1, busy / (elapsed * workers)),
        busy,
        elapsed,
        quarantined.sum());
  }
}
