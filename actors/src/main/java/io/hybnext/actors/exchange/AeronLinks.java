package io.hybnext.actors.exchange;

import io.aeron.exceptions.AeronException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Links over Aeron: a way to each member on that member's stream, and one that all others read.
 * Members of one host talk through shared memory, others by datagrams. Streams differ between runs
 * and generations, so nobody reads, or holds up, what another generation left behind.
 *
 * <p>A member that closes its links in good order says good-bye. Where the ways of a member end
 * without it, the links of the others fail.
 */
final class AeronLinks implements PeerLinks {
  private static final int STREAMS = 2048; // a generation's; two a rank
  private static final int MAX_MEMBERS = STREAMS / 2;
  private static final int GOOD_BYE = 0x59585948; // "HYXY"; no frame begins like that
  private static final long LAST_WORDS_NS = 50_000_000; // they may wait behind other messages
  private static final long LAST_DATAGRAMS_NS = 2_000_000_000L; // they may have to be sent again
  private static final long GOOD_BYE_NS = 100_000_000; // to wait for room to say it
  private static final DirectBuffer NOTHING = new UnsafeBuffer(new byte[0]);

  private final AeronClient.Connection connection;
  private final Hosts hosts;
  private final List<String> names;
  private final NanoClock clock;
  private final Outlet[] direct; // by rank, null for oneself
  private final List<Outlet> toAll; // one through shared memory, one to other hosts, or both
  private final List<Inlet> directIn;
  private final Inlet[] fromAll; // by rank, null for oneself
  private final Ear[] ears;
  private final SealedTraffic sealed;
  private final SlotSpace slots; // null when nothing goes through shared memory
  private final List<SlotSpace.Sending> slotWays;
  private boolean slotsKnown;
  private boolean wasConnected;
  private boolean closed;

  /** Listens to what a member says to all, and notes its good-bye. */
  private static final class Ear implements Receiver {
    private Receiver receiver;
    private boolean leftInOrder;
    private long deafSinceNs; // 0 while it listens

    @Override
    public boolean onMessage(DirectBuffer buffer, int offset, int length) {
      if (length >= Integer.BYTES && buffer.getInt(offset, ByteOrder.LITTLE_ENDIAN) == GOOD_BYE) {
        leftInOrder = true;
        return true;
      }
      return receiver.onMessage(buffer, offset, length);
    }
  }

  /** Opens this member's ends. */
  AeronLinks(
      Place place,
      Hosts hosts,
      AeronClient.Connection connection,
      ExchangeSettings settings,
      Seals seals) {
    this.connection = connection;
    this.hosts = hosts;
    names = place.names();
    clock = settings.clock();
    if (names.size() > MAX_MEMBERS) {
      throw new ExchangeException(
          "the exchange has " + names.size() + " members: want at most " + MAX_MEMBERS);
    }
    Channels channels = new Channels(hosts, termLength(settings), settings.datagramBytes());
    int streams = streamBase(place.run(), place.generation());
    slots =
        hosts.peersByMemory() == 0 ? null : new SlotSpace(connection.directory(), streams, hosts);
    slotsKnown = slots == null;
    sealed = new SealedTraffic(seals, names.size());
    try (WayOpening opening =
        new WayOpening(connection, channels, streams, names, sealed, slots, clock)) {
      directIn = opening.directIn();
      fromAll = opening.fromAll();
      direct = opening.direct();
      toAll = opening.toAll();
      slotWays = opening.slotWays();
      opening.keep();
    } catch (AeronException refused) {
      CloseHelper.quietCloseAll(sealed, slots);
      throw refused(refused);
    } catch (RuntimeException failed) {
      CloseHelper.quietCloseAll(sealed, slots);
      throw failed;
    }
    ears = new Ear[names.size()];
    Arrays.setAll(ears, peer -> new Ear());
  }

  private ExchangeException refused(AeronException error) {
    String why = String.valueOf(error.getMessage());
    if (why.contains("Address already in use")) {
      return new ExchangeException(
          "another program uses UDP port "
              + hosts.own()
              + ", where this host takes the gradients of "
              + names.size()
              + " trainers; give exchange.port another number",
          error);
    }
    return new ExchangeException(
        "the media driver in " + connection.directory() + " refused the exchange: " + why, error);
  }

  private int termLength(ExchangeSettings settings) {
    int wanted = settings.termLengthBytes();
    int shortest = Math.min(wanted, settings.shortestTermBytes());
    Path directory = Path.of(connection.directory());
    return SharedMemory.fittingTermLength(directory, hosts.datagramLogs(), wanted, shortest);
  }

  private static int streamBase(long run, long generation) {
    long mixed = (run * 31 + generation) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 44) * STREAMS; // 20 bits: non-negative
  }

  @Override
  public boolean connected() {
    if (wasConnected) {
      return true;
    }
    int heard = 0;
    for (Inlet inlet : directIn) {
      heard += inlet.senders();
    }
    if (heard < names.size() - 1) {
      return false;
    }
    for (int peer = 0; peer < direct.length; peer++) {
      if (peer != hosts.rank() && !(connectedTo(peer) && fromAll[peer].senders() > 0)) {
        return false;
      }
    }
    for (Outlet outlet : toAll) {
      if (!outlet.isConnected()) {
        return false;
      }
    }
    if (slots != null && !slots.mapOthers()) {
      return false;
    }
    connection.waitedFor(false);
    wasConnected = true;
    return true;
  }

  @Override
  public boolean connectedTo(int peer) {
    return direct[peer].isConnected();
  }

  @Override
  public boolean trySend(int peer, DirectBuffer header, DirectBuffer entries, int from, int bytes) {
    Outlet outlet = direct[peer];
    if (!hasRoom(outlet, bytes)) {
      return false;
    }
    outlet.send(header, entries, from, bytes);
    return true;
  }

  /** Where nobody listens any more, who died is named before its way ends without a name. */
  private boolean hasRoom(Outlet outlet, int bytes) {
    boolean room = outlet.hasRoom(bytes);
    if (!room && wasConnected && !outlet.isConnected()) {
      checkOpen();
    }
    return room;
  }

  @Override
  public boolean tryBroadcast(DirectBuffer header, DirectBuffer entries, int from, int bytes) {
    for (int i = 0; i < toAll.size(); i++) {
      if (!hasRoom(toAll.get(i), bytes)) {
        return false;
      }
    }
    for (int i = 0; i < toAll.size(); i++) {
      toAll.get(i).send(header, entries, from, bytes);
    }
    return true;
  }

  @Override
  public void checkOpen() {
    connection.check();
    if (wasConnected) {
      slotsKnown = slotsKnown || slots.unnameWhenKnown(slotWays);
      for (int peer = 0; peer < ears.length; peer++) {
        if (peer != hosts.rank() && !ears[peer].leftInOrder && isGone(peer)) {
          String name = names.get(peer);
          throw new ExchangeException(name + " died, or lost its media driver", List.of(name));
        }
      }
    }
  }

  /** Its way to all has ended, or it stopped listening and what it said last had time to arrive. */
  private boolean isGone(int peer) {
    if (fromAll[peer].isEnded()) {
      return true;
    }
    Ear ear = ears[peer];
    if (direct[peer].isConnected()) {
      ear.deafSinceNs = 0;
      return false;
    }
    long nowNs = clock.nanoTime();
    if (ear.deafSinceNs == 0) {
      ear.deafSinceNs = nowNs;
    }
    return nowNs - ear.deafSinceNs > (hosts.byMemory(peer) ? LAST_WORDS_NS : LAST_DATAGRAMS_NS);
  }

  @Override
  public int pollDirect(Receiver to, int limit) {
    int polled = 0;
    for (int i = 0; i < directIn.size(); i++) {
      polled += directIn.get(i).poll(to, limit);
    }
    return polled;
  }

  @Override
  public int pollBroadcast(Receiver to, int limit) {
    int polled = 0;
    for (int peer = 0; peer < fromAll.length; peer++) {
      if (peer != hosts.rank()) {
        ears[peer].receiver = to;
        polled += fromAll[peer].poll(ears[peer], limit);
      }
    }
    return polled;
  }

  /** Messages that were forged or repeated, and dropped. */
  long refused() {
    long refused = 0;
    for (Inlet inlet : directIn) {
      refused += inlet.refused();
    }
    for (Inlet inlet : fromAll) {
      refused += inlet == null ? 0 : inlet.refused();
    }
    return refused;
  }

  /** What was sent is still delivered by the driver. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    connection.waitedFor(false);
    sayGoodBye();
    sealed.finishSending();
    CloseHelper.quietCloseAll(toAll);
    CloseHelper.quietCloseAll(Arrays.asList(direct));
    CloseHelper.quietCloseAll(directIn);
    CloseHelper.quietCloseAll(Arrays.asList(fromAll));
    CloseHelper.quietCloseAll(sealed, slots);
    connection.release();
  }

  /** To whoever still listens. */
  private void sayGoodBye() {
    UnsafeBuffer header = new UnsafeBuffer(new byte[Frame.HEADER_BYTES]);
    header.putInt(0, GOOD_BYE, ByteOrder.LITTLE_ENDIAN);
    long untilNs = clock.nanoTime() + GOOD_BYE_NS;
    for (Outlet outlet : toAll) {
      try {
        awaitRoom(outlet, untilNs);
        if (outlet.isConnected() && outlet.hasRoom(0)) {
          outlet.send(header, NOTHING, 0, 0);
        }
      } catch (ExchangeException gone) {
        continue; // nobody is left to hear it
      }
    }
  }

  /** A member that sent much is read in a moment, unless a member has ended and reads no more. */
  private void awaitRoom(Outlet outlet, long untilNs) {
    while (!outlet.hasRoom(0) && allConnected() && clock.nanoTime() - untilNs < 0) {
      Thread.onSpinWait();
    }
  }

  private boolean allConnected() {
    for (int peer = 0; peer < direct.length; peer++) {
      if (peer != hosts.rank() && !connectedTo(peer)) {
        return false;
      }
    }
    return true;
  }
}
