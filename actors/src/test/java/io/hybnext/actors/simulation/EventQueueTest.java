package io.hybnext.actors.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private record Happened(long timeNs, int number) {}

  @Test
  void shouldLetThingsHappenInTheOrderOfTheirTimesThenOfTheirArrival() {
    EventQueue events = new EventQueue();
    Chance chance = new Chance(5, 5);
    List<Happened> wanted = new ArrayList<>();
    List<Happened> seen = new ArrayList<>();
    for (int number = 0; number < 2_000; number++) {
      Happened event = new Happened(chance.below(300), number);
      wanted.add(event);
      events.at(event.timeNs(), () -> seen.add(new Happened(events.nowNs(), event.number())));
    }
    wanted.sort(Comparator.comparingLong(Happened::timeNs).thenComparingInt(Happened::number));
    while (events.runNext()) {
      assertEquals(2_000 - seen.size(), events.size());
    }
    assertEquals(wanted, seen);
    assertFalse(events.runNext());
  }

  @Test
  void shouldNotGoBackInTime() {
    EventQueue events = new EventQueue();
    List<Long> times = new ArrayList<>();
    events.at(
        100,
        () -> {
          events.at(50, () -> times.add(events.nowNs()));
          events.after(7, () -> times.add(events.nowNs()));
        });
    while (events.runNext()) {}
    assertEquals(List.of(100L, 107L), times);
  }
}
