package io.hybnext.tests.equality;

import io.hybnext.gpu.CounterRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who takes part in a run when: a function of seed and number.
 *
 * @param first trainers at the start, 1 to 8; over eight schedules each number comes once
 * @param joins trainers that are started beside them and join when they are ready
 * @param events in the order of steps
 */
record MemberSchedule(int first, int joins, List<Event> events) {
  private static final long STREAM = 0x657175616cL;
  private static final int MOST_TOGETHER = 8;
  private static final int MOST_EVENTS = 3;

  /** What happens to a trainer. */
  enum What {
    /** SIGKILL. */
    KILL,
    /** SIGSTOP, and SIGCONT half a second later. */
    PAUSE
  }

  /**
   * One event.
   *
   * @param step when so many steps are done
   * @param pick chooses among the trainers that take part then
   */
  record Event(long step, What what, int pick) {}

  /**
   * Draws a schedule.
   *
   * @param number of the schedule, from 0
   * @param steps of the run
   */
  static MemberSchedule of(long seed, int number, long steps) {
    long key = CounterRandom.key(seed, STREAM, number, 0);
    int first = 1 + number % MOST_TOGETHER;
    int joins = Math.min(draw(key, 0, 3), MOST_TOGETHER - first);
    List<Event> events = new ArrayList<>();
    int count = first + joins < 2 ? 0 : draw(key, 1, MOST_EVENTS + 1);
    for (int i = 0; i < count; i++) {
      long at = 1L + draw(key, 3L * i + 2, (int) steps - 2);
      What what = draw(key, 3L * i + 3, 2) == 0 ? What.KILL : What.PAUSE;
      events.add(new Event(at, what, draw(key, 3L * i + 4, 1 << 16)));
    }
    events.sort(Comparator.comparingLong(Event::step));
    return new MemberSchedule(first, joins, List.copyOf(events));
  }

  private static int draw(long key, long index, int bound) {
    return (int) Long.remainderUnsigned(CounterRandom.word(key, index), bound);
  }
}
