package io.hybnext.actors.exchange;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.hybnext.actors.step.TrainStep;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A message of the exchange: a header of {@value #HEADER_BYTES} bytes, little endian, then entries
 * of a size that follows from its kind. A view that is moved over received buffers; nothing may be
 * read before {@link #wrap} said that the message is whole.
 */
final class Frame {
  /** Bytes of the header; keeps the entries on 32-byte boundaries. */
  static final int HEADER_BYTES = 64;

  /** Says who is there and how it cuts; no entries. */
  static final int HELLO = 0;

  /** A piece of a partial sum for its owner; entries fp32. */
  static final int GRADIENT = 1;

  /** Sums of squares of chunks; entries fp64. */
  static final int NORM = 2;

  /** Loss terms of microshards; entries of {@value #LOSS_BYTES} bytes. */
  static final int LOSS = 3;

  /** A piece of new weights; entries fp32. */
  static final int WEIGHTS = 4;

  /** A piece of a whole sum for its deputy; entries fp32. */
  static final int SUM = 5;

  /** How far a member is: one entry of {@value #STANDING_BYTES} bytes. */
  static final int STANDING = 6;

  /** What a member holds: runs of chunks, entries of {@value #RUN_BYTES} bytes. */
  static final int HOLDINGS = 7;

  /** A part of a chunk's moments; entries fp32. */
  static final int MOMENTS = 8;

  /** Says whether a member has all it needs; no entries. */
  static final int SETTLED = 9;

  /** As {@link #GRADIENT}; entries bf16. */
  static final int SHORT_GRADIENT = 10;

  /** As {@link #SUM}; entries bf16. */
  static final int SHORT_SUM = 11;

  /** Says that a member is there, and itself waits for others; no entries. */
  static final int WAITING = 12;

  /** Number of kinds. */
  static final int KINDS = 13;

  /** Version of the protocol; members of another one are refused in the handshake. */
  static final int VERSION = 2;

  /** Bytes of a member's standing: steps, flags, loss terms, norm. */
  static final int STANDING_BYTES = 64;

  /** Bytes of a run: steps of weights, of moments, of the sum, number of chunks; all int64. */
  static final int RUN_BYTES = 32;

  /** Bytes of one microshard's loss terms: three fp64 and one int64. */
  static final int LOSS_BYTES = 32;

  private static final int MAGIC = 0x31585948; // "HYX1": layout of this header, version 1
  private static final int KIND = 4;
  private static final int SENDER = 6;
  private static final int RUN = 8;
  private static final int GENERATION = 16;
  private static final int STEP = 24;
  private static final int INDEX = 32;
  private static final int OFFSET = 36;
  private static final int COUNT = 40;
  private static final int FIRST = 44;
  private static final int END = 48;
  private static final int PROTOCOL = 52;
  private static final int[] ENTRY_BYTES = {
    0,
    Float.BYTES,
    Double.BYTES,
    LOSS_BYTES,
    Float.BYTES,
    Float.BYTES,
    STANDING_BYTES,
    RUN_BYTES,
    Float.BYTES,
    0,
    Short.BYTES,
    Short.BYTES,
    0
  };

  private DirectBuffer buffer;
  private int start;

  /** Bytes of an entry of this kind. */
  static int entryBytes(int kind) {
    return ENTRY_BYTES[kind];
  }

  /** Writes a microshard's loss terms, {@link #LOSS_BYTES} bytes. */
  static void putLoss(MutableDirectBuffer to, int at, TrainStep.Loss loss) {
    to.putDouble(at, loss.nll());
    to.putDouble(at + 8, loss.gva());
    to.putDouble(at + 16, loss.zLoss());
    to.putLong(at + 24, loss.tokens());
  }

  /** Reads what {@link #putLoss} wrote. */
  static TrainStep.Loss loss(DirectBuffer from, int at) {
    return new TrainStep.Loss(
        from.getDouble(at), from.getDouble(at + 8), from.getDouble(at + 16), from.getLong(at + 24));
  }

  /** Writes what is the same in every message of a member. */
  static void writeSender(MutableDirectBuffer header, long run, long generation, int sender) {
    header.setMemory(0, HEADER_BYTES, (byte) 0);
    header.putInt(0, MAGIC, LITTLE_ENDIAN);
    header.putShort(SENDER, (short) sender, LITTLE_ENDIAN);
    header.putLong(RUN, run, LITTLE_ENDIAN);
    header.putLong(GENERATION, generation, LITTLE_ENDIAN);
    header.putInt(PROTOCOL, VERSION, LITTLE_ENDIAN);
  }

  /**
   * Writes what differs.
   *
   * @param index bucket, first chunk or first microshard
   * @param offset first element in the bucket
   * @param count number of entries
   * @param first first leaf of the tree node
   * @param end after the last leaf of the tree node
   */
  static void write(
      MutableDirectBuffer header,
      int kind,
      long step,
      int index,
      int offset,
      int count,
      int first,
      int end) {
    header.putShort(KIND, (short) kind, LITTLE_ENDIAN);
    header.putLong(STEP, step, LITTLE_ENDIAN);
    header.putInt(INDEX, index, LITTLE_ENDIAN);
    header.putInt(OFFSET, offset, LITTLE_ENDIAN);
    header.putInt(COUNT, count, LITTLE_ENDIAN);
    header.putInt(FIRST, first, LITTLE_ENDIAN);
    header.putInt(END, end, LITTLE_ENDIAN);
  }

  /**
   * Moves to a received message.
   *
   * @return whether it is a whole message of a known kind with exactly the entries it promises
   */
  boolean wrap(DirectBuffer received, int offset, int length) {
    buffer = received;
    start = offset;
    if (length < HEADER_BYTES || received.getInt(offset, LITTLE_ENDIAN) != MAGIC) {
      return false;
    }
    int kind = kind();
    return kind >= 0
        && kind < ENTRY_BYTES.length
        && count() >= 0
        && length == HEADER_BYTES + (long) count() * entryBytes(kind);
  }

  /** The sender that a message's header names; -1 when the message has none. */
  static int senderIn(DirectBuffer message, int offset, int length) {
    return length < HEADER_BYTES ? -1 : message.getShort(offset + SENDER, LITTLE_ENDIAN);
  }

  int kind() {
    return buffer.getShort(start + KIND, LITTLE_ENDIAN);
  }

  int sender() {
    return buffer.getShort(start + SENDER, LITTLE_ENDIAN);
  }

  long run() {
    return buffer.getLong(start + RUN, LITTLE_ENDIAN);
  }

  long generation() {
    return buffer.getLong(start + GENERATION, LITTLE_ENDIAN);
  }

  long step() {
    return buffer.getLong(start + STEP, LITTLE_ENDIAN);
  }

  /** Version of the protocol that the sender speaks. */
  int version() {
    return buffer.getInt(start + PROTOCOL, LITTLE_ENDIAN);
  }

  int index() {
    return buffer.getInt(start + INDEX, LITTLE_ENDIAN);
  }

  int offset() {
    return buffer.getInt(start + OFFSET, LITTLE_ENDIAN);
  }

  int count() {
    return buffer.getInt(start + COUNT, LITTLE_ENDIAN);
  }

  int first() {
    return buffer.getInt(start + FIRST, LITTLE_ENDIAN);
  }

  int end() {
    return buffer.getInt(start + END, LITTLE_ENDIAN);
  }

  /** The received buffer, borrowed: read or copy, never keep. */
  DirectBuffer buffer() {
    return buffer;
  }

  /** Byte in {@link #buffer} at which the entries start. */
  int entries() {
    return start + HEADER_BYTES;
  }
}
