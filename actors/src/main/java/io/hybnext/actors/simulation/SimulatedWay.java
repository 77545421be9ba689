package io.hybnext.actors.simulation;

import io.hybnext.actors.exchange.PeerLinks;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One way of the exchange from a member to another: a bounded log that keeps order and loses
 * nothing. What is sent while the way is cut arrives after it is mended.
 */
final class SimulatedWay {
  /** Messages that were written and not read, at most. */
  static final int CAPACITY = 32;

  private static final long CUT = Long.MAX_VALUE;

  private final byte[][] messages = new byte[CAPACITY][];
  private final int[] lengths = new int[CAPACITY];
  private final long[] arrivals = new long[CAPACITY];
  private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
  private int first;
  private int count;
  private long lastArrivalNs;

  boolean hasRoom() {
    return count < CAPACITY;
  }

  /** Adds a message; there must be room. Returns when it arrives, in order. */
  long add(
      long arrivalNs,
      boolean cut,
      DirectBuffer header,
      DirectBuffer entries,
      int offset,
      int bytes) {
    int at = (first + count++) % CAPACITY;
    int headerBytes = header.capacity();
    int length = headerBytes + bytes;
    if (messages[at] == null || messages[at].length < length) {
      messages[at] = new byte[length];
    }
    header.getBytes(0, messages[at], 0, headerBytes);
    entries.getBytes(offset, messages[at], headerBytes, bytes);
    lengths[at] = length;
    if (cut) {
      arrivals[at] = CUT;
    } else {
      lastArrivalNs = Math.max(lastArrivalNs, arrivalNs);
      arrivals[at] = lastArrivalNs;
    }
    return arrivals[at];
  }

  /** What waited for the way to be mended arrives then; returns whether anything did. */
  boolean mend(long arrivalNs) {
    boolean any = false;
    lastArrivalNs = Math.max(lastArrivalNs, arrivalNs);
    for (int i = 0; i < count; i++) {
      int at = (first + i) % CAPACITY;
      if (arrivals[at] == CUT) {
        arrivals[at] = lastArrivalNs;
        any = true;
      }
    }
    return any;
  }

  /** When the next message arrives; the end of time for none. */
  long nextArrivalNs() {
    return count == 0 ? CUT : arrivals[first];
  }

  /** Delivers what has arrived; returns how many messages were taken. */
  int poll(PeerLinks.Receiver receiver, int limit, long nowNs) {
    int taken = 0;
    while (taken < limit && count > 0 && arrivals[first] <= nowNs) {
      view.wrap(messages[first], 0, lengths[first]);
      if (!receiver.onMessage(view, 0, lengths[first])) {
        break;
      }
      first = (first + 1) % CAPACITY;
      count--;
      taken++;
    }
    return taken;
  }
}
