package io.hybnext.actors.fake;

import io.hybnext.actors.exchange.AeronStepExchange;
import io.hybnext.actors.exchange.ExchangeSettings;
import io.hybnext.actors.exchange.PeerLinks;
import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The real exchange between trainers of one JVM, over queues instead of Aeron. */
public final class ExchangeHub {
  private static final int ROOM = 256; // messages on a way

  private final Map<Long, Ways> generations = new ConcurrentHashMap<>();

  /** Opens a member's side. */
  public StepExchange open(Generation generation, String trainer, BucketLayout layout) {
    Ways ways =
        generations.computeIfAbsent(
            generation.number(), number -> new Ways(generation.worldSize()));
    int rank = generation.member(trainer).rank();
    return AeronStepExchange.over(
        generation, trainer, layout, ways.links(rank), ExchangeSettings.defaults());
  }

  /** The ways between the members of a generation. */
  private static final class Ways {
    private final int members;
    private final Queue<UnsafeBuffer>[][] direct;
    private final Queue<UnsafeBuffer>[][] broadcast;
    private final AtomicIntegerArray joined;

    Ways(int members) {
      this.members = members;
      direct = queues();
      broadcast = queues();
      joined = new AtomicIntegerArray(members);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
    private Queue<UnsafeBuffer>[][] queues() {
      Queue<UnsafeBuffer>[][] queues = new Queue[members][members];
      for (Queue<UnsafeBuffer>[] of : queues) {
        for (int to = 0; to < members; to++) {
          of[to] = new ArrayBlockingQueue<>(ROOM);
        }
      }
      return queues;
    }

    PeerLinks links(int rank) {
      joined.set(rank, 1);
      return new Ends(this, rank);
    }
  }

  private record Ends(Ways ways, int rank) implements PeerLinks {
    @Override
    public boolean connected() {
      for (int peer = 0; peer < ways.members; peer++) {
        if (!connectedTo(peer)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean connectedTo(int peer) {
      return ways.joined.get(peer) == 1;
    }

    @Override
    public void checkOpen() {}

    @Override
    public boolean trySend(int peer, DirectBuffer header, DirectBuffer e, int offset, int bytes) {
      return ways.direct[rank][peer].offer(message(header, e, offset, bytes));
    }

    private static UnsafeBuffer message(
        DirectBuffer header, DirectBuffer entries, int offset, int bytes) {
      UnsafeBuffer message = new UnsafeBuffer(new byte[HEADER_BYTES + bytes]);
      message.putBytes(0, header, 0, HEADER_BYTES);
      message.putBytes(HEADER_BYTES, entries, offset, bytes);
      return message;
    }

    @Override
    public boolean tryBroadcast(DirectBuffer header, DirectBuffer entries, int offset, int bytes) {
      for (int peer = 0; peer < ways.members; peer++) {
        if (peer != rank && ways.broadcast[rank][peer].size() == ROOM) {
          return false; // only this thread adds, so there is room for all or for none
        }
      }
      UnsafeBuffer message = message(header, entries, offset, bytes);
      for (int peer = 0; peer < ways.members; peer++) {
        if (peer != rank) {
          ways.broadcast[rank][peer].add(message);
        }
      }
      return true;
    }

    @Override
    public int pollDirect(Receiver receiver, int limit) {
      return poll(ways.direct, receiver, limit);
    }

    @Override
    public int pollBroadcast(Receiver receiver, int limit) {
      return poll(ways.broadcast, receiver, limit);
    }

    private int poll(Queue<UnsafeBuffer>[][] queues, Receiver receiver, int limit) {
      int taken = 0;
      for (int from = 0; from < ways.members; from++) {
        Queue<UnsafeBuffer> queue = queues[from][rank];
        UnsafeBuffer message = queue.peek();
        while (message != null
            && taken < limit
            && receiver.onMessage(message, 0, message.capacity())) {
          queue.remove();
          taken++;
          message = queue.peek();
        }
      }
      return taken;
    }

    @Override
    public void close() {}
  }
}
