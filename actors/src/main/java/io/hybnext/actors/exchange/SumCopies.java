package io.hybnext.actors.exchange;

import java.util.BitSet;
import java.util.function.IntConsumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Passes each owned piece to its deputy as soon as it is summed, and takes those that this member
 * is deputy of, so that the sum of every chunk lies in two places before anybody changes weights.
 */
final class SumCopies implements Conversation.Work {
  private static final int BURST = 8; // messages before it is time to listen

  private final Place place;
  private final Pieces pieces;
  private final Conversation conversation;
  private final Bfloat16 bfloat16 = new Bfloat16();
  private final WireFormat wire;
  private final UnsafeBuffer packed;
  private final HeldState held;
  private final IntConsumer onCopied;
  private final int[] backed; // pieces that this member is deputy of, by the rank of their owner
  private final int[] ready; // owned pieces in the order in which they were summed
  private final BitSet arrived = new BitSet();
  private int readyCount;
  private int sent;
  private final int[] outstanding; // of those

  /**
   * @param onCopied called with each piece that this member is deputy of when it has come
   */
  SumCopies(
      Place place,
      Pieces pieces,
      Conversation conversation,
      WireFormat wire,
      HeldState held,
      IntConsumer onCopied) {
    this.place = place;
    this.pieces = pieces;
    this.conversation = conversation;
    this.wire = wire;
    packed = new UnsafeBuffer(new byte[wire.isShort() ? pieces.pieceLength() * Short.BYTES : 0]);
    this.held = held;
    this.onCopied = onCopied;
    int owned = 0;
    backed = new int[place.worldSize()];
    outstanding = new int[place.worldSize()];
    for (int piece = 0; piece < pieces.count(); piece++) {
      owned += pieces.owner(piece) == place.rank() ? 1 : 0;
      backed[pieces.owner(piece)] += pieces.deputy(piece) == place.rank() ? 1 : 0;
    }
    ready = new int[place.worldSize() == 1 ? 0 : owned];
    conversation.on(wire.sumKind(), this::onSum);
  }

  /** Starts a step. */
  void begin() {
    readyCount = 0;
    sent = 0;
    System.arraycopy(backed, 0, outstanding, 0, backed.length);
    arrived.clear();
  }

  /** Says that an owned piece is summed. */
  void onSummed(int piece) {
    if (ready.length > 0) {
      ready[readyCount++] = piece;
    }
  }

  private boolean onSum(Frame frame) {
    int piece = pieces.find(frame.index(), frame.offset());
    if (piece < 0
        || pieces.deputy(piece) != place.rank()
        || pieces.owner(piece) != frame.sender()
        || frame.count() != pieces.length(piece)
        || arrived.get(piece)) {
      return false;
    }
    arrived.set(piece);
    UnsafeBuffer to = held.sumBuffer(pieces.chunk(piece));
    int at = pieces.byteInChunk(piece);
    if (wire.isShort()) {
      bfloat16.unpack(to, at, frame.buffer(), frame.entries(), frame.count());
    } else {
      to.putBytes(at, frame.buffer(), frame.entries(), frame.count() * Float.BYTES);
    }
    outstanding[frame.sender()]--;
    onCopied.accept(piece);
    return true;
  }

  @Override
  public int advance() {
    int before = sent;
    while (sent < readyCount && sent < before + BURST && send(ready[sent])) {
      sent++;
    }
    return sent - before;
  }

  private boolean send(int piece) {
    UnsafeBuffer from = held.sumBuffer(pieces.chunk(piece));
    int at = pieces.byteInChunk(piece);
    if (wire.isShort()) {
      bfloat16.pack(packed, from, at, pieces.length(piece));
      from = packed;
      at = 0;
    }
    return conversation.send(
        pieces.deputy(piece),
        wire.sumKind(),
        pieces.bucket(piece),
        pieces.offset(piece),
        pieces.length(piece),
        0,
        place.microshards(),
        from,
        at);
  }

  @Override
  public boolean done() {
    for (int of : outstanding) {
      if (of > 0) {
        return false;
      }
    }
    return sent == ready.length;
  }

  @Override
  public boolean owes(int rank) {
    return outstanding[rank] > 0 || (sent < readyCount && pieces.deputy(ready[sent]) == rank);
  }
}
