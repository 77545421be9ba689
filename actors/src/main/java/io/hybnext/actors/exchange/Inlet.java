package io.hybnext.actors.exchange;

import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import java.util.BitSet;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/** A way into this process: opens what is sealed, and hands messages on. */
final class Inlet implements AutoCloseable {
  private final Subscription subscription;
  private final Opener[] openers; // by rank of the sender; null for those that do not seal
  private final BitSet allowed; // senders
  private final int only; // the one sender, or -1
  private final SlotSpace.Receiving slots; // null where whole messages come
  private final ControlledFragmentHandler handler = this::onFragment;
  private final Consumer<Image> count = this::count;
  private PeerLinks.Receiver receiver;
  private int speaking;
  private long refused;

  private Inlet(
      Subscription subscription,
      Opener[] openers,
      BitSet allowed,
      int only,
      SlotSpace.Receiving slots) {
    this.subscription = subscription;
    this.openers = openers;
    this.allowed = allowed;
    this.only = only;
    this.slots = slots;
  }

  /**
   * A way on which several members send, each in its own name.
   *
   * @param openers by rank; without one a message is taken as it is
   * @param slots hold the messages; null where whole messages come
   */
  static Inlet ofMany(
      Subscription subscription, Opener[] openers, BitSet allowed, SlotSpace.Receiving slots) {
    return new Inlet(subscription, openers, allowed, -1, slots);
  }

  /** A way on which one member sends; without an opener a message is taken as it is. */
  static Inlet ofOne(
      Subscription subscription, int sender, Opener opener, SlotSpace.Receiving slots) {
    Opener[] openers = new Opener[sender + 1];
    openers[sender] = opener;
    BitSet allowed = new BitSet();
    allowed.set(sender);
    return new Inlet(subscription, openers, allowed, sender, slots);
  }

  /** Number of senders that are connected and may still say something. */
  int senders() {
    speaking = 0;
    subscription.forEachImage(count); // not by index: the client's thread takes images away
    return speaking;
  }

  private void count(Image image) {
    speaking += image.isEndOfStream() ? 0 : 1;
  }

  /** Messages that were forged or repeated, and dropped. */
  long refused() {
    return refused;
  }

  int poll(PeerLinks.Receiver to, int limit) {
    receiver = to;
    return subscription.controlledPoll(handler, limit);
  }

  private Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
    if (slots == null) {
      return take(buffer, offset, length) ? Action.CONTINUE : Action.ABORT;
    }
    if (!slots.find(buffer, offset, length)) {
      refused++;
      return Action.CONTINUE;
    }
    if (!take(slots.memory(), slots.offset(), slots.bytes())) {
      return Action.ABORT;
    }
    slots.taken();
    return Action.CONTINUE;
  }

  /** False when the message is to come again. */
  private boolean take(DirectBuffer buffer, int offset, int length) {
    int from = only >= 0 ? only : Frame.senderIn(buffer, offset, length);
    if (from < 0 || !allowed.get(from)) {
      refused++;
      return true;
    }
    Opener opener = openers[from];
    if (opener == null) {
      return receiver.onMessage(buffer, offset, length);
    }
    int opened = opener.open(buffer, offset, length);
    if (opened == Opener.REFUSED) {
      refused++;
      return true;
    }
    if (!receiver.onMessage(opener.message(), 0, opened)) {
      return false;
    }
    opener.taken();
    return true;
  }

  @Override
  public void close() {
    subscription.close();
  }
}
