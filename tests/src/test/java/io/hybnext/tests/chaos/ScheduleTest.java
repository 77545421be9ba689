package io.hybnext.tests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Schedule.Possible ALL = new Schedule.Possible(true, true, true, true);

  private static Schedule schedule(long seed, Schedule.Possible possible) {
    return Schedule.of(seed, Duration.ofMinutes(10), Duration.ofSeconds(10), possible);
  }

  private static Set<String> kinds(List<Schedule.Entry> entries) {
    return entries.stream().map(entry -> entry.fault().name()).collect(Collectors.toSet());
  }

  @Test
  void shouldBeAFunctionOfTheSeed() {
    assertEquals(schedule(5, ALL), schedule(5, ALL));
    assertNotEquals(schedule(5, ALL), schedule(6, ALL));
  }

  @Test
  void shouldHoldEveryPossibleKindInEachDeckAndNoOther() {
    List<Schedule.Entry> entries = schedule(1, ALL).entries();
    assertEquals(60, entries.size());
    for (int deck = 0; deck < 6; deck++) {
      assertEquals(10, kinds(entries.subList(10 * deck, 10 * deck + 10)).size());
    }
    Schedule.Possible little = new Schedule.Possible(false, false, false, false);
    assertEquals(Set.of("KILL", "JOIN", "LEAVE", "PAUSE"), kinds(schedule(1, little).entries()));
  }

  @Test
  void shouldNeverBeginAFaultBeforeTheOneBeforeIsOver() {
    for (long seed = 0; seed < 20; seed++) {
      long freeMs = 0;
      for (Schedule.Entry entry : schedule(seed, ALL).entries()) {
        assertTrue(entry.atMs() >= freeMs, () -> "seed: " + entry);
        freeMs = entry.atMs() + entry.fault().lasts().toMillis();
      }
      assertTrue(freeMs <= Duration.ofMinutes(10).toMillis());
    }
  }
}
