package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;

/**
 * Makes sure, before the first step, that every member hears every other one and that all cut
 * alike. A member says hello once it is connected both ways, so whoever heard all others can
 * broadcast and be heard by all.
 */
final class Handshake implements Conversation.Work {
  private final Place place;
  private final PeerLinks links;
  private final Conversation conversation;
  private final int fingerprint;
  private final boolean[] said;
  private final boolean[] heard;

  Handshake(Place place, PeerLinks links, Conversation conversation, Pieces pieces) {
    this(place, links, conversation, pieces.fingerprint());
  }

  /**
   * @param fingerprint of everything that all members need alike
   */
  Handshake(Place place, PeerLinks links, Conversation conversation, int fingerprint) {
    this.place = place;
    this.links = links;
    this.conversation = conversation;
    this.fingerprint = fingerprint;
    said = new boolean[place.worldSize()];
    heard = new boolean[place.worldSize()];
    said[place.rank()] = true;
    heard[place.rank()] = true;
    conversation.on(Frame.HELLO, this::onHello);
  }

  private boolean onHello(Frame hello) {
    int sender = hello.sender();
    MicroshardRange range = place.ranges().get(sender);
    if (hello.version() != Frame.VERSION) {
      throw new ExchangeException(
          String.format(
              "%s speaks version %d of the gradient exchange, %s version %d: upgrade the older one",
              place.names().get(sender),
              hello.version(),
              place.names().get(place.rank()),
              Frame.VERSION));
    }
    if (hello.index() != place.microshards()
        || hello.offset() != fingerprint
        || hello.first() != range.first()
        || hello.end() != range.end()) {
      throw new ExchangeException(
          place.names().get(sender)
              + " and "
              + place.names().get(place.rank())
              + " have different models or microshards: every member needs the same settings");
    }
    heard[sender] = true;
    return true;
  }

  @Override
  public boolean done() {
    for (int rank = 0; rank < said.length; rank++) {
      if (!said[rank] || !heard[rank]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int advance() {
    if (!links.connected()) {
      return 0;
    }
    int sent = 0;
    MicroshardRange range = place.range();
    for (int rank = 0; rank < said.length; rank++) {
      if (!said[rank]
          && conversation.hello(
              rank, place.microshards(), fingerprint, range.first(), range.end())) {
        said[rank] = true;
        sent++;
      }
    }
    return sent;
  }

  @Override
  public boolean owes(int rank) {
    return !heard[rank] || !links.connectedTo(rank);
  }
}
