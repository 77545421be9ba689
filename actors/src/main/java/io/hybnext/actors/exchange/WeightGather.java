package io.hybnext.actors.exchange;

import java.util.BitSet;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Passes owned pieces of the weights to all other members, who all read the same log, and puts
 * theirs in place.
 */
final class WeightGather implements Conversation.Work {
  private static final int BURST = 8; // messages before it is time to listen

  private final Place place;
  private final Pieces pieces;
  private final Conversation conversation;
  private final MutableDirectBuffer[] weights; // by bucket
  private final int[] ready; // owned pieces in the order in which they became ready
  private final int[] piecesOf; // by rank
  private final int[] outstanding;
  private final BitSet arrived;
  private int readyCount;
  private int sent;

  WeightGather(Place place, Pieces pieces, Conversation conversation) {
    this.place = place;
    this.pieces = pieces;
    this.conversation = conversation;
    weights = new MutableDirectBuffer[pieces.buckets()];
    piecesOf = new int[place.worldSize()];
    for (int piece = 0; piece < pieces.count(); piece++) {
      piecesOf[pieces.owner(piece)]++;
    }
    ready = new int[piecesOf[place.rank()]];
    outstanding = new int[place.worldSize()];
    arrived = new BitSet(pieces.count());
  }

  /** Where weights are read and written in this step. */
  void setWeights(int bucket, MutableDirectBuffer buffer) {
    weights[bucket] = buffer;
  }

  /** Starts a step; all buckets' weights are set. From now on others' weights are written. */
  void begin() {
    System.arraycopy(piecesOf, 0, outstanding, 0, piecesOf.length);
    outstanding[place.rank()] = 0;
    arrived.clear();
    readyCount = 0;
    sent = 0;
    conversation.on(Frame.WEIGHTS, this::onWeights);
  }

  /** Ends a step: weights that come now belong to the next one and wait. */
  void end() {
    conversation.on(Frame.WEIGHTS, null);
  }

  /** Says that an owned piece is new. */
  void onReady(int piece) {
    ready[readyCount++] = piece;
  }

  private boolean onWeights(Frame frame) {
    int piece = pieces.find(frame.index(), frame.offset());
    if (piece < 0
        || pieces.owner(piece) != frame.sender()
        || frame.count() != pieces.length(piece)
        || arrived.get(piece)) {
      return false;
    }
    arrived.set(piece);
    weights[frame.index()].putBytes(
        frame.offset() * Float.BYTES, frame.buffer(), frame.entries(), frame.count() * Float.BYTES);
    outstanding[frame.sender()]--;
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
    DirectBuffer from = weights[pieces.bucket(piece)];
    int offset = pieces.offset(piece);
    return conversation.broadcast(
        Frame.WEIGHTS,
        pieces.bucket(piece),
        offset,
        pieces.length(piece),
        from,
        offset * Float.BYTES);
  }

  @Override
  public boolean done() {
    if (sent < ready.length) {
      return false;
    }
    for (int left : outstanding) {
      if (left > 0) {
        return false;
      }
    }
    return true;
  }

  /** A member that does not listen holds up everyone, so all owe until everything is sent. */
  @Override
  public boolean owes(int rank) {
    return outstanding[rank] > 0 || sent < readyCount;
  }
}
