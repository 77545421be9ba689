package io.hybnext.actors.simulation;

import io.hybnext.actors.exchange.ExchangeException;
import io.hybnext.actors.exchange.PeerLinks;
import java.util.List;
import org.agrona.DirectBuffer;

/** A member's ends of the ways to the other members of a generation. */
final class SimulatedLinks implements PeerLinks {
  private final SimulatedNetwork network;
  private final EventQueue events;
  private final SimulatedLinks[] members; // by rank, null until opened; shared by all of them
  private final int rank;
  private final SimulatedTrainer trainer;
  private final int[] machines; // by rank
  private final SimulatedWay[] direct; // to here, by sender
  private final SimulatedWay[] log; // the same, of what all read
  private final long openedNs;
  private boolean closed;

  SimulatedLinks(
      SimulatedNetwork network,
      EventQueue events,
      SimulatedLinks[] members,
      int rank,
      SimulatedTrainer trainer,
      int[] machines) {
    this.network = network;
    this.events = events;
    this.members = members;
    this.rank = rank;
    this.trainer = trainer;
    this.machines = machines;
    direct = new SimulatedWay[members.length];
    log = new SimulatedWay[members.length];
    for (int sender = 0; sender < members.length; sender++) {
      direct[sender] = new SimulatedWay();
      log[sender] = new SimulatedWay();
    }
    openedNs = events.nowNs();
    for (SimulatedLinks other : members) {
      if (other != null && !other.closed) {
        other.trainer.wakeAt(openedNs + network.wayNs());
      }
    }
  }

  int machine() {
    return machines[rank];
  }

  /** Whether nobody can use them any more. */
  boolean isGone() {
    return closed || !trainer.isAlive();
  }

  @Override
  public boolean connected() {
    for (int other = 0; other < members.length; other++) {
      if (other != rank && !connectedTo(other)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean connectedTo(int other) {
    SimulatedLinks there = members[other];
    return there != null && !there.closed && there.openedNs < events.nowNs() && !isCut(other);
  }

  private boolean isCut(int other) {
    return network.isCut(machines[rank], machines[other])
        || network.isCut(machines[other], machines[rank]);
  }

  @Override
  public void checkOpen() {
    for (int other = 0; other < members.length; other++) {
      SimulatedLinks there = members[other];
      if (there != null && !there.closed && there.trainer.isKnownDead()) {
        String name = there.trainer.name();
        throw new ExchangeException(name + " died", List.of(name));
      }
    }
  }

  @Override
  public boolean trySend(
      int other, DirectBuffer header, DirectBuffer entries, int offset, int bytes) {
    SimulatedLinks there = members[other];
    if (there == null || there.closed || !there.direct[rank].hasRoom()) {
      return false;
    }
    send(there, there.direct[rank], header, entries, offset, bytes);
    return true;
  }

  @Override
  public boolean tryBroadcast(DirectBuffer header, DirectBuffer entries, int offset, int bytes) {
    for (SimulatedLinks there : members) {
      if (there == null || (there != this && !there.closed && !there.log[rank].hasRoom())) {
        return false;
      }
    }
    for (SimulatedLinks there : members) {
      if (there != this && !there.closed) {
        send(there, there.log[rank], header, entries, offset, bytes);
      }
    }
    return true;
  }

  private void send(
      SimulatedLinks there,
      SimulatedWay way,
      DirectBuffer header,
      DirectBuffer entries,
      int offset,
      int bytes) {
    boolean cut = network.isCut(machine(), there.machine());
    long arrivalNs = events.nowNs() + network.wayNs();
    arrivalNs = way.add(arrivalNs, cut, header, entries, offset, bytes);
    if (!cut) {
      there.trainer.wakeAt(arrivalNs);
    }
  }

  @Override
  public int pollDirect(Receiver receiver, int limit) {
    return poll(direct, receiver, limit);
  }

  @Override
  public int pollBroadcast(Receiver receiver, int limit) {
    return poll(log, receiver, limit);
  }

  private int poll(SimulatedWay[] ways, Receiver receiver, int limit) {
    int taken = 0;
    boolean full = false;
    for (int distance = 1; distance < ways.length && taken < limit; distance++) {
      int sender = (rank + distance) % ways.length;
      full = !ways[sender].hasRoom();
      int here = ways[sender].poll(receiver, limit - taken, events.nowNs());
      taken += here;
      if (full && here > 0 && members[sender] != null) {
        members[sender].trainer.wakeAt(events.nowNs() + network.wayNs()); // there is room again
      }
    }
    return taken;
  }

  /** When the next message arrives that is not here yet; the end of time for none. */
  long nextArrivalNs() {
    long next = Long.MAX_VALUE;
    for (int sender = 0; sender < direct.length; sender++) {
      next = later(direct[sender].nextArrivalNs(), next);
      next = later(log[sender].nextArrivalNs(), next);
    }
    return next;
  }

  private long later(long arrivalNs, long next) {
    return arrivalNs > events.nowNs() ? Math.min(arrivalNs, next) : next;
  }

  /** The way from a machine works again. */
  void mend(int from, long wayNs) {
    long arrivalNs = events.nowNs() + wayNs;
    for (int sender = 0; sender < machines.length; sender++) {
      if (machines[sender] == from) {
        direct[sender].mend(arrivalNs);
        log[sender].mend(arrivalNs);
      }
    }
    trainer.wakeAt(arrivalNs);
  }

  /** The others notice, if anything tells them, that this member's process is no more. */
  void announceDeath(long timeNs) {
    for (SimulatedLinks other : members) {
      if (other != null && other != this && !other.closed) {
        other.trainer.wakeAt(timeNs);
      }
    }
    network.tidy();
  }

  @Override
  public void close() {
    closed = true;
    for (SimulatedLinks other : members) {
      if (other != null && other != this && !other.closed) {
        other.trainer.wakeAt(events.nowNs() + network.wayNs());
      }
    }
    network.tidy();
  }
}
