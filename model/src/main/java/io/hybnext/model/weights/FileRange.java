package io.hybnext.model.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/**
 * A stretch of a file, read through the page cache.
 *
 * @param what file and tensor, for messages
 * @param channel stays open as long as this is used; not owned
 * @param offset of the first byte in the file
 * @param sizeBytes length
 */
record FileRange(String what, FileChannel channel, long offset, long sizeBytes) {
  /** Bytes a piece: small beside any tensor, large beside the cost of a call. */
  static final int PIECE_BYTES = 1 << 20;

  /** The part of it that begins at an offset. */
  FileRange part(long fromByte, long lengthBytes) {
    return new FileRange(what, channel, offset + fromByte, lengthBytes);
  }

  /** Maps it into memory: read-only, little-endian, valid after the channel is closed. */
  ByteBuffer map() throws IOException {
    if (sizeBytes > Integer.MAX_VALUE) {
      throw new CheckpointException(
          what + " has " + sizeBytes + " bytes, want below 2 GiB to be used as one array");
    }
    return channel.map(MapMode.READ_ONLY, offset, sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Hands all bytes on, holding one piece of {@link #PIECE_BYTES} at a time. */
  void stream(PieceSink sink) throws IOException {
    int capacity = (int) Math.min(PIECE_BYTES, sizeBytes);
    ByteBuffer piece = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
    for (long done = 0; done < sizeBytes; done += capacity) {
      piece.clear().limit((int) Math.min(capacity, sizeBytes - done));
      while (piece.hasRemaining()) {
        if (channel.read(piece, offset + done + piece.position()) < 0) {
          throw new CheckpointException(what + " became shorter while it was read");
        }
      }
      sink.take(piece.flip());
    }
  }
}
