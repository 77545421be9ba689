package io.hybnext.actors.exchange;

import java.util.BitSet;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Passes owned pieces of the weights to all other members, who all read the same log, and puts
 * theirs in place. With deputies, who make the new weights of their chunks themselves, those only
 * see them pass, and between two members nothing is sent. Who has seen the weights of all others,
 * or an empty message from those that own none, knows that all are past the commit point and take
 * what is still on its way to them: it may leave.
 */
final class WeightGather implements Conversation.Work {
  private static final int BURST = 8; // messages before it is time to listen

  /** Hears of the writing of others' chunks. */
  interface ChunkWrites {
    /** The chunk is about to be written, wholly or in part. */
    void writing(int chunk);

    /** All of the chunk is new. */
    void wrote(int chunk);
  }

  private static final ChunkWrites UNHEARD =
      new ChunkWrites() {
        @Override
        public void writing(int chunk) {}

        @Override
        public void wrote(int chunk) {}
      };

  private final Place place;
  private final Pieces pieces;
  private final Conversation conversation;
  private final boolean deputies;
  private final ChunkWrites writes;
  private final MutableDirectBuffer[] weights; // by bucket
  private final int[] ready; // owned pieces in the order in which they became ready
  private final int[] piecesOf; // by rank
  private final int[] outstanding;
  private final BitSet arrived;
  private final int[] piecesLeft; // by chunk
  private final BitSet owningNone = new BitSet(); // ranks that send an empty message
  private boolean emptySent;
  private int readyCount;
  private int sent;

  /** Without deputies. */
  WeightGather(Place place, Pieces pieces, Conversation conversation) {
    this(place, pieces, conversation, false, UNHEARD);
  }

  /** With deputies: what they hold they make themselves. */
  WeightGather(Place place, Pieces pieces, Conversation conversation, ChunkWrites writes) {
    this(place, pieces, conversation, true, writes);
  }

  private WeightGather(
      Place place, Pieces pieces, Conversation conversation, boolean deputies, ChunkWrites writes) {
    this.place = place;
    this.pieces = pieces;
    this.conversation = conversation;
    this.deputies = deputies;
    this.writes = writes;
    weights = new MutableDirectBuffer[pieces.buckets()];
    piecesOf = new int[place.worldSize()];
    boolean passed = !deputies || place.worldSize() > 2;
    for (int piece = 0; piece < pieces.count() && passed; piece++) {
      piecesOf[pieces.owner(piece)]++;
    }
    ready = new int[piecesOf[place.rank()]];
    for (int rank = 0; rank < piecesOf.length && deputies && passed; rank++) {
      if (piecesOf[rank] == 0) {
        piecesOf[rank] = 1; // the empty message
        owningNone.set(rank);
      }
    }
    piecesOf[place.rank()] = 0;
    piecesLeft = new int[pieces.chunks()];
    outstanding = new int[place.worldSize()];
    arrived = new BitSet(pieces.count());
    end();
  }

  private boolean wanted(int piece) {
    return !(deputies && pieces.deputy(piece) == place.rank());
  }

  /** Where weights are read and written in this step. */
  void setWeights(int bucket, MutableDirectBuffer buffer) {
    weights[bucket] = buffer;
  }

  /** Starts a step; all buckets' weights are set. From now on others' weights are written. */
  void begin() {
    System.arraycopy(piecesOf, 0, outstanding, 0, piecesOf.length);
    arrived.clear();
    for (int chunk = 0; chunk < piecesLeft.length; chunk++) {
      piecesLeft[chunk] = pieces.firstOfChunk(chunk + 1) - pieces.firstOfChunk(chunk);
    }
    readyCount = 0;
    sent = 0;
    emptySent = !owningNone.get(place.rank());
    conversation.on(Frame.WEIGHTS, this::onWeights);
  }

  /** Ends a step: weights that come now belong to the next one and wait. */
  void end() {
    conversation.on(Frame.WEIGHTS, Conversation.LATER);
  }

  /** Says that an owned piece is new. */
  void onReady(int piece) {
    if (readyCount < ready.length) {
      ready[readyCount++] = piece;
    }
  }

  private boolean onWeights(Frame frame) {
    if (frame.index() == pieces.buckets()) {
      boolean awaited = owningNone.get(frame.sender()) && frame.count() == 0;
      outstanding[frame.sender()] -= awaited ? 1 : 0;
      return awaited;
    }
    int piece = pieces.find(frame.index(), frame.offset());
    if (piece < 0
        || pieces.owner(piece) != frame.sender()
        || frame.count() != pieces.length(piece)
        || arrived.get(piece)) {
      return false;
    }
    arrived.set(piece);
    outstanding[frame.sender()]--;
    if (!wanted(piece)) {
      return true;
    }
    int chunk = pieces.chunk(piece);
    writes.writing(chunk);
    weights[frame.index()].putBytes(
        frame.offset() * Float.BYTES, frame.buffer(), frame.entries(), frame.count() * Float.BYTES);
    if (--piecesLeft[chunk] == 0) {
      writes.wrote(chunk);
    }
    return true;
  }

  @Override
  public int advance() {
    if (!emptySent) {
      emptySent = conversation.announce(Frame.WEIGHTS, pieces.buckets());
      return emptySent ? 1 : 0;
    }
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
    if (sent < ready.length || !emptySent) {
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
    return outstanding[rank] > 0 || sent < readyCount || !emptySent;
  }
}
