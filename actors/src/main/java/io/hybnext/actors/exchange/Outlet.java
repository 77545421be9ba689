package io.hybnext.actors.exchange;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.protocol.DataHeaderFlyweight;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.NanoClock;

/**
 * A way out of this process, which seals messages or sends them as they are. A message goes in
 * whole, or not at all when there is no room.
 */
final class Outlet implements AutoCloseable {
  /** A host that is very busy may let its listeners be forgotten for a moment. */
  private static final long DEAF_NS = 2_000_000_000L;

  private static final long DEAF_MEMORY_NS = 50_000_000; // on one host everybody is told at once

  private final ExclusivePublication publication;
  private final AeronClient.Connection connection;
  private final String whom;
  private final SealedSending sealer;
  private final int way;
  private final SlotSpace.Sending slots;
  private final NanoClock clock;
  private final BufferClaim claim = new BufferClaim();
  private long deafSinceNs; // 0 while somebody listens

  /**
   * A way over a publication, which it then owns.
   *
   * @param whom who listens, for sentences
   * @param sealer null to send messages as they are
   * @param way see {@link Sealer#seal}
   * @param slots hold the messages, of which only tokens are published; null to publish the
   *     messages
   * @param clock how long nobody listens
   */
  Outlet(
      ExclusivePublication publication,
      AeronClient.Connection connection,
      String whom,
      SealedSending sealer,
      int way,
      SlotSpace.Sending slots,
      NanoClock clock) {
    this.publication = publication;
    this.connection = connection;
    this.whom = whom;
    this.sealer = sealer;
    this.way = way;
    this.slots = slots;
    this.clock = clock;
  }

  boolean isConnected() {
    return publication.isConnected();
  }

  /**
   * Whether a message finds room now, and would still do so later if none was sent before it.
   *
   * @param entryBytes what comes after the header
   * @throws ExchangeException when it never will
   */
  boolean hasRoom(int entryBytes) {
    long position = publication.position();
    if (position < 0) {
      throw lost(position);
    }
    if (!publication.isConnected()) {
      checkDeaf();
      return false;
    }
    deafSinceNs = 0;
    if ((slots != null && !slots.hasRoom()) || (sealer != null && !sealer.hasRoom())) {
      return false;
    }
    int termLength = publication.termBufferLength();
    int leftInTerm = termLength - (int) (position & (termLength - 1));
    int published = slots == null ? messageBytes(entryBytes) : SlotSpace.TOKEN_BYTES;
    int length = published + DataHeaderFlyweight.HEADER_LENGTH;
    int aligned = BitUtil.align(length, DataHeaderFlyweight.HEADER_LENGTH);
    return publication.availableWindow() > (aligned <= leftInTerm ? 0 : leftInTerm);
  }

  /** Whoever does not listen any more may have died: then its own ways tell that, and who it is. */
  private void checkDeaf() {
    long nowNs = clock.nanoTime();
    long limitNs = slots == null ? DEAF_NS : DEAF_MEMORY_NS;
    if (deafSinceNs != 0 && nowNs - deafSinceNs > limitNs) {
      throw lost(Publication.NOT_CONNECTED);
    }
    deafSinceNs = deafSinceNs == 0 ? nowNs : deafSinceNs;
  }

  private int messageBytes(int entryBytes) {
    return Frame.HEADER_BYTES + entryBytes + (sealer == null ? 0 : MessageSeal.OVERHEAD);
  }

  /** Sends a message; to be called when {@link #hasRoom} said so. */
  void send(DirectBuffer header, DirectBuffer entries, int from, int entryBytes) {
    SealedSending.Sealing sealing = sealer == null ? null : sealer.take();
    BufferClaim place = sealing == null ? claim : sealing.claim();
    int bytes = messageBytes(entryBytes);
    claim(slots == null ? bytes : SlotSpace.TOKEN_BYTES, place);
    MutableDirectBuffer target = place.buffer();
    int at = place.offset();
    if (slots != null) {
      target = slots.memory();
      at = slots.offset();
      slots.token(place.buffer(), place.offset(), bytes);
    }
    if (sealing == null) {
      target.putBytes(at, header, 0, Frame.HEADER_BYTES);
      target.putBytes(at + Frame.HEADER_BYTES, entries, from, entryBytes);
      place.commit();
    } else {
      sealing.start(target, at, way, header, entries, from, entryBytes);
    }
  }

  private void claim(int bytes, BufferClaim place) {
    long result = publication.tryClaim(bytes, place);
    while (result == Publication.ADMIN_ACTION) { // the next term begins
      result = publication.tryClaim(bytes, place);
    }
    if (result < 0) {
      throw lost(result);
    }
  }

  private ExchangeException lost(long result) {
    connection.check();
    if (result == Publication.NOT_CONNECTED || result == Publication.BACK_PRESSURED) {
      return new ExchangeException(whom + " left the gradient exchange");
    }
    return new ExchangeException(
        "nothing can be sent to " + whom + " any more: " + Publication.errorString(result));
  }

  /** What was sent is still delivered. */
  @Override
  public void close() {
    publication.close();
  }
}
