package io.hybnext.actors.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a member says to the others and hears from them. Received messages are checked, sorted out
 * and handed to whom they concern; waiting ends when the work is done, when a member that owes
 * something is silent for too long, or with {@link #abort}. All but {@code abort} belongs to the
 * trainer's thread.
 */
final class Conversation implements AutoCloseable {
  /** The step before the first. */
  static final long NO_STEP = -1;

  /** Stands for a step while members settle; each time they do one more. */
  static final long FIRST_SETTLEMENT = Long.MIN_VALUE;

  /** Leaves messages where they are until another handler takes them. */
  static final Handler LATER = frame -> false;

  private static final int FRAGMENTS = 16; // a poll; about 1 MB, then it is time to send again
  private static final int REMINDERS = 4; // within the limit for silence
  private static final long TELL_NS = 250_000_000L; // between two news of waiting
  private static final DirectBuffer NO_ENTRIES = new UnsafeBuffer(new byte[0]);

  /** Takes messages of one kind. */
  @FunctionalInterface
  interface Handler {
    /** Takes a whole message of this generation and step; false when it makes no sense. */
    boolean take(Frame frame);
  }

  /** Something that ends only with the help of others. */
  interface Work {
    /** Whether all of it is done. */
    boolean done();

    /** Sends what can be sent now; returns how many messages. */
    int advance();

    /** Whether it waits for a member, either to speak or to listen. */
    boolean owes(int rank);
  }

  private final Place place;
  private final PeerLinks links;
  private final NanoClock clock;
  private final UnsafeBuffer header = new UnsafeBuffer(new byte[Frame.HEADER_BYTES]);
  private final Frame frame = new Frame();
  private final Handler[] handlers = new Handler[Frame.KINDS];
  private final PeerLinks.Receiver receiver = this::receive;
  private final long[] heardNs;
  private final IdleStrategy idle = new BackoffIdleStrategy(50, 20, 1_000, 100_000);
  private volatile String abortReason;
  private StepExchange.WaitListener waitListener = (members, stalled) -> {};
  private long step = NO_STEP;
  private long saidNs;
  private long stale;
  private long refused;
  private long waitNs;

  Conversation(Place place, PeerLinks links, NanoClock clock) {
    this.place = place;
    this.links = links;
    this.clock = clock;
    heardNs = new long[place.worldSize()];
    saidNs = clock.nanoTime();
    on(Frame.WAITING, waiting -> true);
    Frame.writeSender(header, place.run(), place.generation(), place.rank());
  }

  /**
   * Sets who takes messages of a kind: {@link #LATER} leaves them where they are, and nobody, null,
   * refuses them.
   */
  void on(int kind, Handler handler) {
    handlers[kind] = handler;
  }

  /** From now on messages of this step count; older ones are dropped, newer ones wait. */
  void begin(long next) {
    step = next;
    waitNs = 0;
  }

  long step() {
    return step;
  }

  /** Sends to one member; false when there is no room now. */
  boolean send(
      int rank,
      int kind,
      int index,
      int offset,
      int count,
      int first,
      int end,
      DirectBuffer entries,
      int entriesOffset) {
    Frame.write(header, kind, step, index, offset, count, first, end);
    return links.trySend(rank, header, entries, entriesOffset, count * Frame.entryBytes(kind));
  }

  /** Sends a message without entries to one member. */
  boolean hello(int rank, int index, int offset, int first, int end) {
    return send(rank, Frame.HELLO, index, offset, 0, first, end, NO_ENTRIES, 0);
  }

  /** Sends to all other members; false when there is no room now. */
  boolean broadcast(
      int kind, int index, int offset, int count, DirectBuffer entries, int entriesOffset) {
    Frame.write(header, kind, step, index, offset, count, 0, 0);
    return links.tryBroadcast(header, entries, entriesOffset, count * Frame.entryBytes(kind));
  }

  /** Sends a message without entries to all other members; false when there is no room now. */
  boolean announce(int kind, int index) {
    return broadcast(kind, index, 0, 0, NO_ENTRIES, 0);
  }

  /** Takes what has come, up to about a megabyte each way; returns how many messages. */
  int poll() {
    return links.pollDirect(receiver, FRAGMENTS) + links.pollBroadcast(receiver, FRAGMENTS);
  }

  private boolean receive(DirectBuffer buffer, int offset, int length) {
    if (!frame.wrap(buffer, offset, length)) {
      refused++;
      return true;
    }
    if (frame.run() != place.run() || frame.generation() != place.generation()) {
      stale++;
      return true;
    }
    int sender = frame.sender();
    if (sender < 0 || sender >= heardNs.length || sender == place.rank()) {
      refused++;
      return true;
    }
    if (frame.step() < step) {
      stale++;
      return true;
    }
    return dispatch(sender);
  }

  private boolean dispatch(int sender) {
    boolean settling = step < NO_STEP;
    if (frame.step() == step + 1 || (settling && frame.step() > NO_STEP)) {
      return false; // that member has all it needed of this step and went on
    }
    Handler handler = handlers[frame.kind()];
    if (frame.step() != step || handler == null) {
      refused++;
      return true;
    }
    if (handler == LATER) {
      return false;
    }
    if (!handler.take(frame)) {
      refused++;
      return true;
    }
    heardNs[sender] = clock.nanoTime();
    return true;
  }

  /**
   * Works until the work is done.
   *
   * @param limit how long a member that owes something may be silent
   * @param what what the members are waited for, for the sentence
   */
  void await(Work work, Duration limit, String what) {
    await(work, limit, () -> what);
  }

  /** The same; what the members are waited for changes as it goes on. */
  void await(Work work, Duration limit, Supplier<String> what) {
    long startNs = clock.nanoTime();
    long idleSinceNs = startNs;
    long movedNs = startNs;
    long toldNs = startNs;
    idle.reset();
    while (true) {
      checkGoingOn();
      int moved = work.advance() + poll();
      if (work.done()) {
        return;
      }
      if (moved > 0) {
        idle.reset();
        idleSinceNs = clock.nanoTime();
        movedNs = idleSinceNs;
        toldNs = idleSinceNs;
        continue;
      }
      idle.idle();
      long nowNs = clock.nanoTime();
      waitNs += nowNs - idleSinceNs;
      idleSinceNs = nowNs;
      checkWaiting(work, startNs, nowNs, limit, what);
      if (nowNs - toldNs > TELL_NS) {
        waitListener.waitsFor(owing(work), Duration.ofNanos(nowNs - movedNs));
        toldNs = nowNs;
      }
    }
  }

  /** Who is told when nothing moves for a while. */
  void watch(StepExchange.WaitListener listener) {
    waitListener = listener;
  }

  private List<String> owing(Work work) {
    List<String> owing = new ArrayList<>();
    for (int rank = 0; rank < heardNs.length; rank++) {
      if (rank != place.rank() && work.owes(rank)) {
        owing.add(place.names().get(rank));
      }
    }
    return owing;
  }

  /** Time spent waiting in this step, with nothing to do. */
  long waitNs() {
    return waitNs;
  }

  /**
   * Lets the others know now and then that this member waits, and throws when waiting has become
   * pointless: the links are gone, or a member that owes something was silent for longer than the
   * limit.
   *
   * @param startNs when the waiting began
   */
  void checkWaiting(Work work, long startNs, long nowNs, Duration limit, Supplier<String> what) {
    links.checkOpen();
    if (nowNs - saidNs > limit.toNanos() / REMINDERS && links.connected()) {
      announce(Frame.WAITING, 0); // who waits for a silent one is not silent itself
      saidNs = nowNs;
    }
    checkSilence(work, startNs, nowNs, limit, what);
  }

  private void checkSilence(
      Work work, long startNs, long nowNs, Duration limit, Supplier<String> what) {
    if (nowNs - startNs <= limit.toNanos()) {
      return;
    }
    List<String> silent = new ArrayList<>();
    for (int rank = 0; rank < heardNs.length; rank++) {
      boolean quiet = heardNs[rank] - startNs < 0 || nowNs - heardNs[rank] > limit.toNanos();
      if (rank != place.rank() && quiet && work.owes(rank)) {
        silent.add(place.names().get(rank));
      }
    }
    if (!silent.isEmpty()) {
      throw new ExchangeException(
          String.join(" and ", silent)
              + ": silent for more than "
              + limit.toMillis() / 1e3
              + " s while "
              + place.names().get(place.rank())
              + " waited for "
              + what.get(),
          silent);
    }
  }

  /** Throws when the generation was ended. */
  void checkGoingOn() {
    String reason = abortReason;
    if (reason != null) {
      throw new ExchangeException(reason);
    }
  }

  /** Ends the generation, from any thread; the first reason stays. */
  synchronized void abort(String reason) {
    if (abortReason == null) {
      abortReason = reason;
    }
  }

  /** Messages of older steps, other generations or other runs that were dropped. */
  long stale() {
    return stale;
  }

  /** Messages that made no sense and were dropped. */
  long refused() {
    return refused;
  }

  @Override
  public void close() {
    links.close();
  }
}
