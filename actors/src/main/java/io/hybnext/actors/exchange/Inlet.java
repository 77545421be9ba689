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
  private final SealedReceiving[] openers; // by rank of the sender; null for those that do not seal
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
      SealedReceiving[] openers,
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
      Subscription subscription,
      SealedReceiving[] openers,
      BitSet allowed,
      SlotSpace.Receiving slots) {
    return new Inlet(subscription, openers, allowed, -1, slots);
  }

  /** A way on which one member sends; without an opener a message is taken as it is. */
  static Inlet ofOne(
      Subscription subscription, int sender, SealedReceiving opener, SlotSpace.Receiving slots) {
    SealedReceiving[] openers = new SealedReceiving[sender + 1];
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
    long all = refused;
    for (SealedReceiving opener : openers) {
      all += opener == null ? 0 : opener.refused();
    }
    return all;
  }

  /** Whether nobody can say anything any more, and all that was said is handed on. */
  boolean isEnded() {
    return senders() == 0 && waiting() == 0;
  }

  private int waiting() {
    int waiting = 0;
    for (SealedReceiving opener : openers) {
      waiting += opener == null || opener.isEmpty() ? 0 : 1;
    }
    return waiting;
  }

  int poll(PeerLinks.Receiver to, int limit) {
    receiver = to;
    return subscription.controlledPoll(handler, limit) + deliver(to);
  }

  private int deliver(PeerLinks.Receiver to) {
    int delivered = 0;
    for (SealedReceiving opener : openers) {
      delivered += opener == null ? 0 : opener.deliver(to);
    }
    return delivered;
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
    SealedReceiving opener = openers[from];
    return opener == null
        ? receiver.onMessage(buffer, offset, length)
        : opener.offer(buffer, offset, length);
  }

  @Override
  public void close() {
    subscription.close();
  }
}
