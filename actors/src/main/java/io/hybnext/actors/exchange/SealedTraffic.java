package io.hybnext.actors.exchange;

import org.agrona.CloseHelper;

/**
 * Everything sealed that a member sends and receives in a generation, and the two threads that do
 * it, which exist only where something is sealed at all.
 */
final class SealedTraffic implements AutoCloseable {
  private static final int WAYS = 2; // from a member: to this one, and to all

  private final Seals seals;
  private final SealedSending sending;
  private final CipherWorker opening;

  /** Starts the threads. */
  SealedTraffic(Seals seals, int members) {
    this.seals = seals;
    boolean any = seals.sealer() != null;
    sending = any ? new SealedSending(seals.sealer(), "exchange-seal") : null;
    int jobs = WAYS * members * SealedReceiving.depth();
    opening = any ? new CipherWorker("exchange-open", jobs) : null;
  }

  /** Seals what goes to a member alone; null when it goes in the clear. */
  SealedSending to(int peer) {
    return seals.with(peer) ? sending : null;
  }

  /** Seals what goes to all by datagram, or by memory; null when it goes in the clear. */
  SealedSending toAll(boolean byDatagram) {
    return seals.toAll(byDatagram) ? sending : null;
  }

  /** Opens what a member sends to this one alone; null when it comes in the clear. */
  SealedReceiving fromMember(int peer) {
    return receiving(seals.fromMember(peer));
  }

  /** Opens what a member sends to all; null when it comes in the clear. */
  SealedReceiving fromMemberToAll(int peer) {
    return receiving(seals.fromMemberToAll(peer));
  }

  private SealedReceiving receiving(Opener opener) {
    return opener == null ? null : new SealedReceiving(opener, opening);
  }

  /** Seals what was sent; to be called while its place in the logs is still there. */
  void finishSending() {
    CloseHelper.quietClose(sending);
  }

  @Override
  public void close() {
    CloseHelper.quietClose(sending);
    CloseHelper.quietClose(opening);
  }
}
