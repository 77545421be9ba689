package io.hybnext.streams.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StageMeterTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong nowNs = new AtomicLong(5 * SECOND);
  private final StageMeter meter = new StageMeter("decode", 2, nowNs::get);

  @Test
  void shouldBeZeroBeforeAnythingArrives() {
    nowNs.addAndGet(SECOND);
    assertEquals(new StageSnapshot("decode", 0, 0, 0, 0, 0, 0, 0, 0, 0), meter.snapshot());
  }

  @Test
  void shouldTellQueueProgressBytesRateAndBusyShare() {
    meter.arrive(4, 400);
    long beganNs = meter.begin(2);
    nowNs.addAndGet(SECOND);
    meter.finish(1, 100, beganNs);
    meter.quarantine();
    nowNs.addAndGet(SECOND);
    assertEquals(new StageSnapshot("decode", 1, 0.5, 2, 1, 300, 0.25, 1, 2, 1), meter.snapshot());
  }

  @Test
  void shouldStopTheClockWhenNothingIsLeftToDo() {
    meter.arrive(1, 10);
    long beganNs = meter.begin(1);
    nowNs.addAndGet(SECOND);
    meter.finish(1, 10, beganNs);
    nowNs.addAndGet(9 * SECOND);
    assertEquals(1.0, meter.snapshot().elementsPerSecond());
    assertEquals(0.5, meter.snapshot().busyShare());
  }
}
