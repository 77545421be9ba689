package io.hybnext.actors.exchange;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.protocol.DataHeaderFlyweight;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A way out of this process, which seals messages or sends them as they are. A message goes in
 * whole, or not at all when there is no room.
 */
final class Outlet implements AutoCloseable {
  private final ExclusivePublication publication;
  private final AeronClient.Connection connection;
  private final String whom;
  private final Sealer sealer;
  private final int way;
  private final SlotSpace.Sending slots;
  private final BufferClaim claim = new BufferClaim();

  /**
   * A way over a publication, which it then owns.
   *
   * @param whom who listens, for sentences
   * @param sealer null to send messages as they are
   * @param way see {@link Sealer#seal}
   * @param slots hold the messages, of which only tokens are published; null to publish the
   *     messages
   */
  Outlet(
      ExclusivePublication publication,
      AeronClient.Connection connection,
      String whom,
      Sealer sealer,
      int way,
      SlotSpace.Sending slots) {
    this.publication = publication;
    this.connection = connection;
    this.whom = whom;
    this.sealer = sealer;
    this.way = way;
    this.slots = slots;
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
    if (position < 0 || !publication.isConnected()) {
      throw lost(position < 0 ? position : Publication.NOT_CONNECTED);
    }
    if (slots != null && !slots.hasRoom()) {
      return false;
    }
    int termLength = publication.termBufferLength();
    int leftInTerm = termLength - (int) (position & (termLength - 1));
    int published = slots == null ? messageBytes(entryBytes) : SlotSpace.TOKEN_BYTES;
    int length = published + DataHeaderFlyweight.HEADER_LENGTH;
    int aligned = BitUtil.align(length, DataHeaderFlyweight.HEADER_LENGTH);
    return publication.availableWindow() > (aligned <= leftInTerm ? 0 : leftInTerm);
  }

  private int messageBytes(int entryBytes) {
    return Frame.HEADER_BYTES + entryBytes + (sealer == null ? 0 : MessageSeal.OVERHEAD);
  }

  /** Sends a message; to be called when {@link #hasRoom} said so. */
  void send(DirectBuffer header, DirectBuffer entries, int from, int entryBytes) {
    int bytes = messageBytes(entryBytes);
    if (slots == null) {
      claim(bytes);
      write(claim.buffer(), claim.offset(), header, entries, from, entryBytes);
    } else {
      write(slots.memory(), slots.offset(), header, entries, from, entryBytes);
      claim(SlotSpace.TOKEN_BYTES);
      slots.token(claim.buffer(), claim.offset(), bytes);
    }
    claim.commit();
  }

  private void write(
      MutableDirectBuffer target,
      int at,
      DirectBuffer header,
      DirectBuffer entries,
      int from,
      int entryBytes) {
    if (sealer == null) {
      target.putBytes(at, header, 0, Frame.HEADER_BYTES);
      target.putBytes(at + Frame.HEADER_BYTES, entries, from, entryBytes);
    } else {
      int bytes = sealer.seal(way, header, entries, from, entryBytes);
      target.putBytes(at, sealer.message(), 0, bytes);
    }
  }

  private void claim(int bytes) {
    long result = publication.tryClaim(bytes, claim);
    while (result == Publication.ADMIN_ACTION) { // the next term begins
      result = publication.tryClaim(bytes, claim);
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
