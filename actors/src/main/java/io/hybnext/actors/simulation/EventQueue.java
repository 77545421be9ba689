package io.hybnext.actors.simulation;

import java.util.Arrays;

/**
 * What is going to happen, by virtual time; what happens at the same time happens in the order in
 * which it was put in. A binary heap in arrays: this is the inner loop of every simulation.
 */
final class EventQueue {
  private static final int FIRST_CAPACITY = 256;

  private long[] times = new long[FIRST_CAPACITY];
  private long[] numbers = new long[FIRST_CAPACITY];
  private Runnable[] events = new Runnable[FIRST_CAPACITY];
  private int size;
  private long count;
  private long nowNs;

  /** The virtual time, from 0. */
  long nowNs() {
    return nowNs;
  }

  /** Number of events that are still to happen. */
  int size() {
    return size;
  }

  /** Number of events put in so far. */
  long count() {
    return count;
  }

  /** Lets something happen after a time; at once means after what happens now. */
  void after(long delayNs, Runnable event) {
    at(nowNs + delayNs, event);
  }

  /** Lets something happen at a time, now at the earliest. */
  void at(long timeNs, Runnable event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size);
      events = Arrays.copyOf(events, 2 * size);
    }
    int at = size++;
    long time = Math.max(timeNs, nowNs);
    long number = count++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (isBefore(times[parent], numbers[parent], time, number)) {
        break;
      }
      place(at, parent);
      at = parent;
    }
    place(at, time, number, event);
  }

  /** Lets the next thing happen; returns false when nothing is left. */
  boolean runNext() {
    if (size == 0) {
      return false;
    }
    Runnable event = events[0];
    nowNs = times[0];
    size--;
    sink(times[size], numbers[size], events[size]);
    events[size] = null;
    event.run();
    return true;
  }

  /** Puts the last one where it belongs, from the top. */
  private void sink(long time, long number, Runnable event) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      int other = child + 1;
      if (other < size && isBefore(times[other], numbers[other], times[child], numbers[child])) {
        child = other;
      }
      if (isBefore(time, number, times[child], numbers[child])) {
        break;
      }
      place(at, child);
      at = child;
    }
    place(at, time, number, event);
  }

  private static boolean isBefore(long time, long number, long otherTime, long otherNumber) {
    return time < otherTime || (time == otherTime && number < otherNumber);
  }

  private void place(int at, int from) {
    place(at, times[from], numbers[from], events[from]);
  }

  private void place(int at, long time, long number, Runnable event) {
    times[at] = time;
    numbers[at] = number;
    events[at] = event;
  }
}
