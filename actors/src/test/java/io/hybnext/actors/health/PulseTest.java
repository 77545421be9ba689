package io.hybnext.actors.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PulseTest {
  private final AtomicLong nowNs = new AtomicLong();
  private final Pulse pulse =
      new Pulse("gate", Duration.ofSeconds(5), "See logs/gate.log.", nowNs::get);

  private void pass(long seconds) {
    nowNs.addAndGet(seconds * 1_000_000_000L);
  }

  @Test
  void shouldBeWellWhileIdleHoweverLong() {
    pass(3_600);
    assertTrue(pulse.look().isEmpty());
    assertEquals("is idle", pulse.report().orElseThrow().doing());
  }

  @Test
  void shouldStandStillWhenOneThingTakesLongerThanItsPatience() {
    pulse.begin("measures step-00000040");
    pass(5);
    assertTrue(pulse.look().isEmpty());
    pass(2);
    assertEquals(
        "The gate measures step-00000040 since 7 s.", pulse.look().orElseThrow().sentence());
    pulse.finish();
    assertTrue(pulse.look().isEmpty());
    assertEquals(1, pulse.report().orElseThrow().done());
  }

  @Test
  void shouldBeWellAsLongAsItBeats() {
    for (int i = 0; i < 10; i++) {
      pulse.beat("decides over the run");
      pass(4);
      assertTrue(pulse.look().isEmpty());
    }
    assertEquals(10, pulse.report().orElseThrow().done());
  }

  @Test
  void shouldBeIdleAfterSomethingThatFailed() {
    assertThrows(
        IllegalStateException.class,
        () ->
            pulse.during(
                "notes an event",
                () -> {
                  throw new IllegalStateException();
                }));
    pass(60);
    assertTrue(pulse.look().isEmpty());
  }
}
