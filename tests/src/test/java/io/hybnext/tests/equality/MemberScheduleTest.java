package io.hybnext.tests.equality;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MemberScheduleTest {
  @Test
  void shouldBeginWithEveryNumberOfMembersAndNeverHaveMoreThanEight() {
    Set<Integer> first = new TreeSet<>();
    Set<MemberSchedule.What> kinds = new TreeSet<>();
    for (int number = 0; number < 100; number++) {
      MemberSchedule schedule = MemberSchedule.of(3, number, 60);
      assertEquals(schedule, MemberSchedule.of(3, number, 60));
      first.add(schedule.first());
      assertTrue(schedule.first() + schedule.joins() <= 8, schedule::toString);
      for (MemberSchedule.Event event : schedule.events()) {
        kinds.add(event.what());
        assertTrue(event.step() >= 1 && event.step() < 60, schedule::toString);
      }
    }
    assertEquals(Set.of(1, 2, 3, 4, 5, 6, 7, 8), first);
    assertEquals(Set.of(MemberSchedule.What.values()), kinds);
  }
}
