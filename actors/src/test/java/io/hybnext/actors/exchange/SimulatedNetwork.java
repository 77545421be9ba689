package io.hybnext.actors.exchange;

import java.util.ArrayDeque;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The ways between the members of one generation, in memory: each keeps its order, has little room
 * and delivers as late as chance wants.
 */
final class SimulatedNetwork {
  private final Random random;
  private final int members;
  private final Way[][] direct; // from, to
  private final Way[][] broadcast;
  private final boolean[] joined;
  private final boolean[] dead;

  /** One way; the first {@code released} messages have come through. */
  private final class Way {
    final int slowness = random.nextInt(6) == 0 ? 40 : 1;
    final ArrayDeque<UnsafeBuffer> messages = new ArrayDeque<>();
    int released;
    boolean heldUp;
  }

  SimulatedNetwork(int members, Random random) {
    this.members = members;
    this.random = random;
    direct = ways();
    broadcast = ways();
    joined = new boolean[members];
    dead = new boolean[members];
  }

  private Way[][] ways() {
    Way[][] ways = new Way[members][members];
    for (Way[] of : ways) {
      for (int to = 0; to < members; to++) {
        of[to] = new Way();
      }
    }
    return ways;
  }

  /** What a member sends may still come, up to a point by chance; nothing comes to it. */
  void kill(int rank) {
    dead[rank] = true;
    for (int to = 0; to < members; to++) {
      cut(direct[rank][to]);
      cut(broadcast[rank][to]);
    }
  }

  /** Nothing new comes from one member to another on the direct way, until it does again. */
  void holdUp(int from, int to, boolean heldUp) {
    direct[from][to].heldUp = heldUp;
  }

  private void cut(Way way) {
    int keep = random.nextInt(way.messages.size() + 1);
    while (way.messages.size() > keep) {
      way.messages.removeLast();
    }
    way.released = Math.min(way.released, keep);
  }

  /** A member's ends. */
  PeerLinks links(int rank) {
    joined[rank] = true;
    return new Ends(rank);
  }

  private final class Ends implements PeerLinks {
    private final int rank;

    Ends(int rank) {
      this.rank = rank;
    }

    @Override
    public boolean connected() {
      for (boolean each : joined) {
        if (!each) {
          return false;
        }
      }
      return true;
    }

    @Override
    public boolean connectedTo(int peer) {
      return joined[peer];
    }

    @Override
    public void checkOpen() {}

    @Override
    public boolean trySend(int peer, DirectBuffer header, DirectBuffer e, int offset, int bytes) {
      return offer(direct[rank][peer], peer, header, e, offset, bytes);
    }

    private boolean offer(
        Way way, int peer, DirectBuffer header, DirectBuffer entries, int offset, int bytes) {
      if (dead[peer]) {
        return random.nextBoolean(); // what is sent to the dead is lost, once there is room
      }
      if (way.messages.size() > random.nextInt(12)) {
        return false;
      }
      UnsafeBuffer copy = new UnsafeBuffer(new byte[HEADER_BYTES + bytes]);
      copy.putBytes(0, header, 0, HEADER_BYTES);
      copy.putBytes(HEADER_BYTES, entries, offset, bytes);
      way.messages.add(copy);
      return true;
    }

    @Override
    public boolean tryBroadcast(DirectBuffer header, DirectBuffer entries, int offset, int bytes) {
      for (int peer = 0; peer < members; peer++) {
        if (peer != rank && !dead[peer] && broadcast[rank][peer].messages.size() > 12) {
          return false;
        }
      }
      if (random.nextInt(4) == 0) {
        return false;
      }
      for (int peer = 0; peer < members; peer++) {
        if (peer != rank && !dead[peer]) {
          UnsafeBuffer copy = new UnsafeBuffer(new byte[HEADER_BYTES + bytes]);
          copy.putBytes(0, header, 0, HEADER_BYTES);
          copy.putBytes(HEADER_BYTES, entries, offset, bytes);
          broadcast[rank][peer].messages.add(copy);
        }
      }
      return true;
    }

    @Override
    public int pollDirect(Receiver receiver, int limit) {
      return poll(direct, receiver, limit);
    }

    @Override
    public int pollBroadcast(Receiver receiver, int limit) {
      return poll(broadcast, receiver, limit);
    }

    private int poll(Way[][] ways, Receiver receiver, int limit) {
      int taken = 0;
      int first = random.nextInt(members);
      for (int i = 0; i < members; i++) {
        Way way = ways[(first + i) % members][rank];
        if (!way.heldUp && random.nextInt(way.slowness) == 0) {
          way.released += random.nextInt(way.messages.size() - way.released + 1);
        }
        while (way.released > 0 && taken < limit) {
          UnsafeBuffer message = way.messages.peek();
          if (!receiver.onMessage(message, 0, message.capacity())) {
            break;
          }
          way.messages.remove();
          way.released--;
          taken++;
        }
      }
      return taken;
    }

    @Override
    public void close() {
      // what was sent still comes through
    }
  }
}
