package io.hybnext.actors.exchange;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.CncFileDescriptor;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Links over one media driver's Aeron: an exclusive publication to each member on that member's
 * stream, and one that all others subscribe to. Streams differ between runs and generations, so
 * nobody reads, or holds up, what another generation left behind.
 */
final class AeronLinks implements PeerLinks {
  private static final int STREAMS = 2048; // a generation's; two a rank
  private static final int MAX_MEMBERS = STREAMS / 2;

  private final Aeron aeron;
  private final String directory;
  private final int rank;
  private final String[] names;
  private final ExclusivePublication[] direct; // by rank, null for oneself
  private final ExclusivePublication broadcast;
  private final Subscription directIn;
  private final List<Subscription> broadcastIn = new ArrayList<>();
  private final BufferClaim claim = new BufferClaim();
  private final ControlledFragmentHandler handler;
  private volatile Throwable failure;
  private Receiver receiver;

  /**
   * Attaches to the media driver and opens this member's ends.
   *
   * @param channel {@code aeron:ipc}, or {@code aeron:udp?endpoint=HOST:PORT} for members that
   *     share a media driver: each uses a port from that one on, and all use the one after
   */
  AeronLinks(Place place, String directory, String channel, ExchangeSettings settings) {
    if (place.worldSize() > MAX_MEMBERS) {
      throw new ExchangeException(
          "the exchange has " + place.worldSize() + " members: want at most " + MAX_MEMBERS);
    }
    this.directory = directory;
    rank = place.rank();
    names = place.names().toArray(String[]::new);
    direct = new ExclusivePublication[names.length];
    handler =
        (buffer, offset, length, header) ->
            receiver.onMessage(buffer, offset, length) ? Action.CONTINUE : Action.ABORT;
    aeron = connect();
    try {
      Channels channels = new Channels(channel, termLength(settings), names.length);
      int base = streamBase(place.run(), place.generation());
      directIn = aeron.addSubscription(channels.directIn(rank), base + 2 * rank);
      for (int peer = 0; peer < names.length; peer++) {
        if (peer != rank) {
          broadcastIn.add(aeron.addSubscription(channels.broadcastIn(), base + 2 * peer + 1));
        }
      }
      broadcast = aeron.addExclusivePublication(channels.broadcast(), base + 2 * rank + 1);
      for (int peer = 0; peer < names.length; peer++) {
        if (peer != rank) {
          direct[peer] = aeron.addExclusivePublication(channels.direct(peer), base + 2 * peer);
        }
      }
    } catch (AeronException refused) {
      CloseHelper.quietClose(aeron);
      throw refused(channel, refused);
    }
  }

  private ExchangeException refused(String channel, AeronException error) {
    String why = String.valueOf(error.getMessage());
    if (why.contains("Address already in use")) {
      String endpoint = ChannelUri.parse(channel).get("endpoint");
      return new ExchangeException(
          "another program uses a UDP port from "
              + endpoint
              + " on, where the gradient exchange of "
              + names.length
              + " trainers needs "
              + (names.length + 1)
              + "; give exchange.port another number",
          error);
    }
    return new ExchangeException(
        "the media driver in " + directory + " refused the exchange: " + why, error);
  }

  private int termLength(ExchangeSettings settings) {
    int wanted = settings.termLengthBytes();
    int shortest = Math.min(wanted, settings.shortestTermBytes());
    return SharedMemory.fittingTermLength(Path.of(directory), names.length, wanted, shortest);
  }

  private Aeron connect() {
    if (!Files.exists(Path.of(directory, CncFileDescriptor.CNC_FILE))) {
      throw noDriver(null); // at once, instead of after the client's own ten seconds
    }
    try {
      return Aeron.connect(
          new Aeron.Context()
              .aeronDirectoryName(directory)
              .preTouchMappedMemory(true)
              .errorHandler(error -> failure = error));
    } catch (RuntimeException missing) {
      throw noDriver(missing);
    }
  }

  private ExchangeException noDriver(Throwable cause) {
    return new ExchangeException(
        "no media driver answers in " + directory + ": start one there, or wait until it is ready",
        cause);
  }

  private static int streamBase(long run, long generation) {
    long mixed = (run * 31 + generation) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 44) * STREAMS; // 20 bits: non-negative
  }

  @Override
  public boolean connected() {
    for (int peer = 0; peer < direct.length; peer++) {
      if (peer != rank && !direct[peer].isConnected()) {
        return false;
      }
    }
    for (Subscription subscription : broadcastIn) {
      if (subscription.imageCount() == 0) {
        return false;
      }
    }
    return broadcast.isConnected() && directIn.imageCount() >= direct.length - 1;
  }

  @Override
  public boolean connectedTo(int peer) {
    return direct[peer].isConnected();
  }

  @Override
  public boolean trySend(int peer, DirectBuffer header, DirectBuffer entries, int from, int bytes) {
    return offer(direct[peer], names[peer], header, entries, from, bytes);
  }

  @Override
  public boolean tryBroadcast(DirectBuffer header, DirectBuffer entries, int from, int bytes) {
    return offer(broadcast, "every other member", header, entries, from, bytes);
  }

  private boolean offer(
      ExclusivePublication publication,
      String whom,
      DirectBuffer header,
      DirectBuffer entries,
      int from,
      int bytes) {
    long result = publication.tryClaim(Frame.HEADER_BYTES + bytes, claim);
    if (result > 0) {
      MutableDirectBuffer target = claim.buffer();
      int at = claim.offset();
      target.putBytes(at, header, 0, Frame.HEADER_BYTES);
      target.putBytes(at + Frame.HEADER_BYTES, entries, from, bytes);
      claim.commit();
      return true;
    }
    if (result == Publication.BACK_PRESSURED || result == Publication.ADMIN_ACTION) {
      return false;
    }
    checkOpen();
    if (result == Publication.NOT_CONNECTED) {
      throw new ExchangeException(whom + " left the gradient exchange");
    }
    throw new ExchangeException(
        "nothing can be sent to " + whom + " any more: " + Publication.errorString(result));
  }

  @Override
  public void checkOpen() {
    if (aeron.isClosed() || failure != null) {
      throw new ExchangeException(
          "the media driver in "
              + directory
              + " is gone or failed"
              + (failure == null ? "" : ": " + failure.getMessage()),
          failure);
    }
  }

  @Override
  public int pollDirect(Receiver to, int limit) {
    receiver = to;
    return directIn.controlledPoll(handler, limit);
  }

  @Override
  public int pollBroadcast(Receiver to, int limit) {
    receiver = to;
    int polled = 0;
    for (int i = 0; i < broadcastIn.size(); i++) {
      polled += broadcastIn.get(i).controlledPoll(handler, limit);
    }
    return polled;
  }

  /** Also ends what is left of sending once the driver has delivered it. */
  @Override
  public void close() {
    CloseHelper.quietClose(aeron);
  }
}
