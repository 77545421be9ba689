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
  private final boolean rounded;
  private final UnsafeBuffer leaf; // the partial sum at hand, rounded
  private final UnsafeBuffer[][] slots;
  private int piece;
  private DirectBuffer incoming;
  private int incomingOffset;

  /**
   * @param rounded whether every leaf and every sum is rounded to bf16
   */
  PieceSums(Pieces pieces, PieceBuffers buffers, boolean rounded) {
    this.pieces = pieces;
    this.buffers = buffers;
    this.rounded = rounded;
    leaf = new UnsafeBuffer(new byte[rounded ? pieces.pieceLength() * Float.BYTES : 0]);
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
    if (rounded) {
      Bfloat16.round(target, 0, incoming, incomingOffset, pieces.length(piece));
      return;
    }
    boolean inPlace =
        target.byteArray() == incoming.byteArray()
            && target.addressOffset() == incoming.addressOffset() + incomingOffset;
    if (!inPlace) {
      target.putBytes(0, incoming, incomingOffset, pieces.length(piece) * Float.BYTES);
    }
  }

  @Override
  public void add(int slot) {
    if (rounded) {
      Bfloat16.round(leaf, 0, incoming, incomingOffset, pieces.length(piece));
      addRounded(slots[piece][slot], leaf);
    } else {
      floats.add(slots[piece][slot], 0, incoming, incomingOffset, pieces.length(piece));
    }
  }

  @Override
  public void merge(int into, int from) {
    if (rounded) {
      addRounded(slots[piece][into], slots[piece][from]);
    } else {
      floats.add(slots[piece][into], 0, slots[piece][from], 0, pieces.length(piece));
    }
    buffers.give(takeOut(piece, from));
  }

  private void addRounded(UnsafeBuffer into, UnsafeBuffer from) {
    floats.add(into, 0, from, 0, pieces.length(piece));
    Bfloat16.round(into, 0, into, 0, pieces.length(piece));
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
