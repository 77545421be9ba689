package io.hybnext.actors.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One real member, and messages made by hand in the name of the other. */
class ForgedMessagesTest {
  private static final long GENERATION = 4;
  private static final BucketLayout LAYOUT =
      new BucketLayout(List.of(new Bucket("a", 20), new Bucket("b", 20)));
  private static final ExchangeSettings SETTINGS = ExchangeSettings.defaults().withPieceLength(8);
  private static final Place PLACE =
      new Place(9, GENERATION, 0, List.of("me", "other"), MicroshardRange.split(4, 2));

  private final HandFedLinks links = new HandFedLinks();
  private AeronStepExchange exchange;

  /**
   * Delivers what the test puts in, to the test's own thread: not to the one that takes messages
   * while a trainer computes. What is sent goes nowhere.
   */
  private static final class HandFedLinks implements PeerLinks {
    private final Thread test = Thread.currentThread();
    final ArrayDeque<UnsafeBuffer> incoming = new ArrayDeque<>();

    @Override
    public boolean connected() {
      return true;
    }

    @Override
    public void checkOpen() {}

    @Override
    public boolean connectedTo(int rank) {
      return true;
    }

    @Override
    public boolean trySend(int rank, DirectBuffer header, DirectBuffer e, int offset, int bytes) {
      return true;
    }

    @Override
    public boolean tryBroadcast(DirectBuffer header, DirectBuffer e, int offset, int bytes) {
      return true;
    }

    @Override
    public int pollDirect(Receiver receiver, int limit) {
      int taken = 0;
      while (Thread.currentThread() == test && !incoming.isEmpty()) {
        UnsafeBuffer message = incoming.peek();
        if (!receiver.onMessage(message, 0, message.capacity())) {
          break;
        }
        incoming.remove();
        taken++;
      }
      return taken;
    }

    @Override
    public int pollBroadcast(Receiver receiver, int limit) {
      return 0;
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void connect() {
    exchange = new AeronStepExchange(PLACE, LAYOUT, links, SETTINGS);
    Pieces pieces = new Pieces(LAYOUT, new ChunkPartition(LAYOUT, 2), 8);
    long settling = Conversation.FIRST_SETTLEMENT;
    links.incoming.add(message(Frame.HELLO, settling, 4, pieces.fingerprint(), 0, 2, 4));
    UnsafeBuffer standing = message(Frame.STANDING, settling, 0, 0, 1, 0, 0);
    standing.putLong(Frame.HEADER_BYTES, 7);
    links.incoming.add(standing);
    UnsafeBuffer holdings = message(Frame.HOLDINGS, settling, 0, 0, 1, 0, 0);
    holdings.putLong(Frame.HEADER_BYTES, 7);
    holdings.putLong(Frame.HEADER_BYTES + 8, 7);
    holdings.putLong(Frame.HEADER_BYTES + 16, -1);
    holdings.putLong(Frame.HEADER_BYTES + 24, 2);
    links.incoming.add(holdings);
    links.incoming.add(message(Frame.SETTLED, settling, 1, 0, 0, 0, 0));
    HeldState held = new HeldState(LAYOUT);
    held.reset(7);
    assertEquals(
        new Settlement.GoOn(7, Optional.empty()),
        exchange.settle(new LinearTrainStep(LAYOUT, 1), held));
    exchange.begin(7);
    assertEquals(0, exchange.staleMessages() + exchange.refusedMessages());
  }

  private static UnsafeBuffer message(
      int kind, long step, int index, int offset, int count, int first, int end) {
    UnsafeBuffer buffer =
        new UnsafeBuffer(new byte[Frame.HEADER_BYTES + count * Frame.entryBytes(kind)]);
    Frame.writeSender(buffer, PLACE.run(), GENERATION, 1);
    Frame.write(buffer, kind, step, index, offset, count, first, end);
    return buffer;
  }

  /** The other member's sum of its microshards 2 and 3, of the last piece of bucket 0. */
  private static UnsafeBuffer gradient() {
    return message(Frame.GRADIENT, 7, 0, 16, 4, 2, 4);
  }

  private static UnsafeBuffer changed(Consumer<UnsafeBuffer> change) {
    UnsafeBuffer message = gradient();
    change.accept(message);
    return message;
  }

  /** Delivers during a step's first gradient, as in a real step. */
  private void deliver(UnsafeBuffer message) {
    links.incoming.add(message);
    poll();
  }

  private int polls;

  private void poll() {
    int microshard = polls / 2;
    exchange.add(microshard, polls++ % 2, LinearTrainStep.floats(20));
  }

  @Test
  void shouldTakeAWholeMessageOnce() {
    deliver(gradient());
    assertEquals(0, exchange.staleMessages() + exchange.refusedMessages());
    deliver(gradient());
    assertEquals(1, exchange.refusedMessages());
  }

  @Test
  void shouldDropMessagesOfOtherRunsGenerationsAndOlderSteps() {
    links.incoming.add(changed(m -> m.putLong(8, 8)));
    links.incoming.add(changed(m -> m.putLong(16, GENERATION - 1)));
    links.incoming.add(message(Frame.GRADIENT, 6, 0, 16, 4, 2, 4));
    poll();
    assertEquals(3, exchange.staleMessages());
    assertEquals(0, exchange.refusedMessages());
  }

  @Test
  void shouldKeepMessagesOfTheNextStepForIt() {
    deliver(message(Frame.GRADIENT, 8, 0, 16, 4, 2, 4));
    assertEquals(1, links.incoming.size());
    assertEquals(0, exchange.staleMessages() + exchange.refusedMessages());
  }

  @Test
  void shouldRefuseMessagesThatAreShortLongOrForeign() {
    UnsafeBuffer whole = gradient();
    List<UnsafeBuffer> wrong =
        List.of(
            new UnsafeBuffer(new byte[0]),
            new UnsafeBuffer(new byte[3]),
            new UnsafeBuffer(whole, 0, Frame.HEADER_BYTES - 1),
            new UnsafeBuffer(whole, 0, whole.capacity() - 1),
            new UnsafeBuffer(new byte[whole.capacity()]),
            message(Frame.GRADIENT, 7, 0, 16, 5, 2, 4),
            changed(m -> m.putInt(40, -1)),
            changed(m -> m.putInt(40, Integer.MAX_VALUE)),
            changed(m -> m.putShort(4, (short) 99)),
            changed(m -> m.putShort(4, (short) -1)));
    links.incoming.addAll(wrong);
    poll();
    assertEquals(wrong.size(), exchange.refusedMessages());
  }

  @Test
  void shouldRefuseMessagesThatMakeNoSense() {
    List<UnsafeBuffer> wrong =
        List.of(
            changed(m -> m.putShort(6, (short) 0)), // in this member's own name
            changed(m -> m.putShort(6, (short) 2)), // nobody
            message(Frame.GRADIENT, 9, 0, 16, 4, 2, 4), // two steps ahead
            message(Frame.GRADIENT, 7, 1, 16, 4, 2, 4), // not this member's chunk
            message(Frame.GRADIENT, 7, 0, 15, 4, 2, 4), // no piece starts there
            message(Frame.GRADIENT, 7, 9, 16, 4, 2, 4), // no such bucket
            message(Frame.GRADIENT, 7, 0, 16, 4, 0, 2), // not the sender's microshards
            message(Frame.GRADIENT, 7, 0, 16, 4, 3, 4), // not its whole sum
            message(Frame.GRADIENT, 7, 0, 16, 4, -1, 4),
            message(Frame.NORM, 7, 2, 0, 1, 0, 0), // no such chunk
            message(Frame.NORM, 7, -1, 0, 1, 0, 0),
            message(Frame.NORM, 7, 1, 0, 2, 0, 0),
            message(Frame.LOSS, 7, 1, 0, 1, 0, 0), // not the sender's microshard
            message(Frame.LOSS, 7, 3, 0, 2, 0, 0));
    links.incoming.addAll(wrong);
    poll();
    assertEquals(wrong.size(), exchange.refusedMessages());
  }

  @Test
  void shouldSurviveAnyBytes() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      UnsafeBuffer message = gradient();
      for (int change = 0; change <= random.nextInt(4); change++) {
        int at = 4 + random.nextInt(52);
        message.putByte(at, (byte) random.nextInt(256));
      }
      int length = random.nextInt(8) == 0 ? random.nextInt(80) : message.capacity();
      links.incoming.add(new UnsafeBuffer(message, 0, length));
    }
    links.incoming.removeIf(message -> message.capacity() > 32 && stepOf(message) == 8);
    poll();
    assertTrue(exchange.refusedMessages() + exchange.staleMessages() > 15_000);
    assertEquals(0, links.incoming.size());
  }

  private static long stepOf(UnsafeBuffer message) {
    return message.getLong(24);
  }
}
