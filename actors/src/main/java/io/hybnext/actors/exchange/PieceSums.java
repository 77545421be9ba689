package io.hybnext.actors.exchange;

import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The memory of partial sums: for each piece its slots. Slot 0 of an owned piece is its home, where
 * the whole sum is wanted; all other slots are taken from the pool when used.
 */
final class PieceSums implements TreeFold.Sums {
  private final Pieces pieces;
  private final PieceBuffers buffers;
  private final FloatSums floats = new FloatSums();
  private final UnsafeBuffer[][] slots;
  private int piece;
  private DirectBuffer incoming;
  private int incomingOffset;

  PieceSums(Pieces pieces, PieceBuffers buffers) {
    this.pieces = pieces;
    this.buffers = buffers;
    slots = new UnsafeBuffer[pieces.count()][2];
  }

  /** Makes a part of a chunk's buffer the home of a piece. */
  void setHome(int owned, MutableDirectBuffer chunk) {
    int inChunk = pieces.offset(owned) - pieces.offset(pieces.firstOfChunk(pieces.chunk(owned)));
    slots[owned][0] =
        new UnsafeBuffer(chunk, inChunk * Float.BYTES, pieces.length(owned) * Float.BYTES);
  }

  /** Sets the partial sum at hand. */
  PieceSums with(int number, DirectBuffer from, int offset) {
    piece = number;
    incoming = from;
    incomingOffset = offset;
    return this;
  }

  /** Takes a slot's buffer out; the caller gives it back to the pool. */
  UnsafeBuffer takeOut(int number, int slot) {
    UnsafeBuffer buffer = slots[number][slot];
    slots[number][slot] = null;
    return buffer;
  }

  @Override
  public void store(int slot) {
    UnsafeBuffer target = target(slot);
    boolean inPlace =
        target.byteArray() == incoming.byteArray()
            && target.addressOffset() == incoming.addressOffset() + incomingOffset;
    if (!inPlace) {
      target.putBytes(0, incoming, incomingOffset, pieces.length(piece) * Float.BYTES);
    }
  }

  @Override
  public void add(int slot) {
    floats.add(slots[piece][slot], 0, incoming, incomingOffset, pieces.length(piece));
  }

  @Override
  public void merge(int into, int from) {
    floats.add(slots[piece][into], 0, slots[piece][from], 0, pieces.length(piece));
    buffers.give(takeOut(piece, from));
  }

  private UnsafeBuffer target(int slot) {
    if (slot >= slots[piece].length) {
      slots[piece] = Arrays.copyOf(slots[piece], 2 * slot);
    }
    if (slots[piece][slot] == null) {
      slots[piece][slot] = buffers.take();
    }
    return slots[piece][slot];
  }
}
