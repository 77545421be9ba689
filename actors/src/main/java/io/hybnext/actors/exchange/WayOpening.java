package io.hybnext.actors.exchange;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * Opens the ways of a generation: asks the media driver for all of them at once, then takes them as
 * they come. What was opened is closed again unless {@link #keep} is called.
 */
final class WayOpening implements AutoCloseable {
  private static final long ANSWER_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
  private static final long LOOK_AGAIN_NS = 50_000;

  private final AeronClient.Connection connection;
  private final Aeron aeron;
  private final Hosts hosts;
  private final Channels channels;
  private final int streams;
  private final List<String> names;
  private final SealedTraffic seals;
  private final SlotSpace slots;
  private final NanoClock clock;
  private final List<SlotSpace.Sending> slotWays = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<String, Long> directIn = new HashMap<>(); // requests
  private final long[] fromAll;
  private final long[] direct;
  private final List<Long> toAll = new ArrayList<>();
  private final List<String> endpoints;
  private boolean kept;

  /**
   * Asks for all ways.
   *
   * @param streams number of the generation's first stream; two a rank
   * @param slots hold what goes through shared memory; null when nothing does
   * @param clock for how long nobody listens
   */
  WayOpening(
      AeronClient.Connection connection,
      Channels channels,
      int streams,
      List<String> names,
      SealedTraffic seals,
      SlotSpace slots,
      NanoClock clock) {
    this.slots = slots;
    this.clock = clock;
    this.connection = connection;
    this.channels = channels;
    this.streams = streams;
    this.names = names;
    this.seals = seals;
    aeron = connection.aeron();
    hosts = channels.hosts();
    endpoints = hosts.datagramEndpoints();
    fromAll = new long[names.size()];
    direct = new long[names.size()];
    connection.waitedFor(true);
    askForWaysIn();
    askForWaysOut();
  }

  private void askForWaysIn() {
    int rank = hosts.rank();
    for (int peer = 0; peer < direct.length; peer++) {
      if (peer != rank) {
        String channel = channels.from(peer);
        directIn.computeIfAbsent(channel, from -> aeron.asyncAddSubscription(from, streamTo(rank)));
        fromAll[peer] = aeron.asyncAddSubscription(channel, streamOf(peer));
      }
    }
  }

  private void askForWaysOut() {
    int stream = streamOf(hosts.rank());
    if (hosts.peersByMemory() > 0) {
      toAll.add(aeron.asyncAddExclusivePublication(channels.toMemory(), stream));
    }
    if (!endpoints.isEmpty()) {
      toAll.add(aeron.asyncAddExclusivePublication(channels.toHosts(endpoints), stream));
    }
    for (int peer = 0; peer < direct.length; peer++) {
      if (peer != hosts.rank()) {
        direct[peer] = aeron.asyncAddExclusivePublication(channels.to(peer), streamTo(peer));
      }
    }
  }

  private int streamTo(int rank) {
    return streams + 2 * rank;
  }

  private int streamOf(int rank) {
    return streams + 2 * rank + 1;
  }

  /** Ways on which members send to this one alone. */
  List<Inlet> directIn() {
    List<Inlet> inlets = new ArrayList<>();
    directIn.forEach(
        (channel, request) -> {
          SealedReceiving[] openers = new SealedReceiving[names.size()];
          BitSet senders = new BitSet();
          for (int peer = 0; peer < openers.length; peer++) {
            if (peer != hosts.rank() && channels.from(peer).equals(channel)) {
              senders.set(peer);
              openers[peer] = seals.fromMember(peer);
            }
          }
          boolean memory = channel.equals(Channels.MEMORY);
          SlotSpace.Receiving from = memory ? slots.receiving(false) : null;
          inlets.add(Inlet.ofMany(subscription(request), openers, senders, from));
        });
    return inlets;
  }

  /** By rank, the way on which that member sends to all; null for this one. */
  Inlet[] fromAll() {
    Inlet[] inlets = new Inlet[names.size()];
    for (int peer = 0; peer < inlets.length; peer++) {
      if (peer != hosts.rank()) {
        SlotSpace.Receiving from = hosts.byMemory(peer) ? slots.receiving(true) : null;
        SealedReceiving opener = seals.fromMemberToAll(peer);
        inlets[peer] = Inlet.ofOne(subscription(fromAll[peer]), peer, opener, from);
      }
    }
    return inlets;
  }

  /** By rank, the way to that member alone; null for this one. */
  Outlet[] direct() {
    Outlet[] outlets = new Outlet[names.size()];
    for (int peer = 0; peer < outlets.length; peer++) {
      if (peer != hosts.rank()) {
        SealedSending sealer = seals.to(peer);
        ExclusivePublication publication = publication(direct[peer]);
        SlotSpace.Sending memory = null;
        if (hosts.byMemory(peer)) {
          memory = slots.to(peer);
          slotWays.add(memory);
        }
        outlets[peer] =
            new Outlet(publication, connection, names.get(peer), sealer, peer, memory, clock);
      }
    }
    return outlets;
  }

  /** The ways to all: one through shared memory, one to other hosts, or both. */
  List<Outlet> toAll() {
    List<Outlet> outlets = new ArrayList<>();
    for (Long request : toAll) {
      ExclusivePublication publication = publication(request);
      boolean byDatagram = !publication.channel().startsWith(Channels.MEMORY);
      if (byDatagram && endpoints.size() > 1) {
        endpoints.forEach(to -> publication.asyncAddDestination(Channels.destination(to)));
      }
      SealedSending sealer = seals.toAll(byDatagram);
      SlotSpace.Sending memory = byDatagram ? null : slots.toAll();
      String whom = "every other member";
      outlets.add(
          new Outlet(publication, connection, whom, sealer, MessageSeal.TO_ALL, memory, clock));
    }
    return outlets;
  }

  private Subscription subscription(long request) {
    return await(aeron::getSubscription, request);
  }

  private ExclusivePublication publication(long request) {
    return await(aeron::getExclusivePublication, request);
  }

  private <T extends AutoCloseable> T await(LongFunction<T> look, long request) {
    long startNs = System.nanoTime();
    T way = look.apply(request);
    while (way == null) {
      connection.check();
      if (System.nanoTime() - startNs > ANSWER_LIMIT_NS) {
        throw new AeronException("no answer within 10 s");
      }
      LockSupport.parkNanos(LOOK_AGAIN_NS);
      way = look.apply(request);
    }
    opened.add(way);
    return way;
  }

  /** The ways through shared memory to single members. */
  List<SlotSpace.Sending> slotWays() {
    return slotWays;
  }

  /** Leaves what was opened to the caller. */
  void keep() {
    kept = true;
  }

  @Override
  public void close() {
    if (!kept) {
      connection.waitedFor(false);
      CloseHelper.quietCloseAll(opened);
    }
  }
}
