package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Sends weights and moments of chunks, piece by piece, to one member or to all others. */
final class StateSender {
  /** The destination that all others read. */
  static final int ALL = -1;

  private static final int BURST = 8; // messages before it is time to listen

  private final int destination;
  private final Pieces pieces;
  private final ChunkPartition partition;
  private final Conversation conversation;
  private final TrainStep trainStep;
  private final List<Part> parts = new ArrayList<>();
  private UnsafeBuffer moments; // of the chunk at hand
  private int part;
  private int position; // elements of the part that are sent

  /** What is sent: the weights of a chunk, or its moments. */
  private record Part(int chunk, boolean moments) {}

  StateSender(
      int destination,
      Pieces pieces,
      ChunkPartition partition,
      Conversation conversation,
      TrainStep trainStep) {
    this.destination = destination;
    this.pieces = pieces;
    this.partition = partition;
    this.conversation = conversation;
    this.trainStep = trainStep;
  }

  /** Appends the weights of a chunk. */
  void addWeights(int chunk) {
    parts.add(new Part(chunk, false));
  }

  /** Appends the moments of a chunk. */
  void addMoments(int chunk) {
    parts.add(new Part(chunk, true));
  }

  boolean done() {
    return part == parts.size();
  }

  /** Sends what finds room, up to a burst; returns how many messages. */
  int advance() {
    int sent = 0;
    while (sent < BURST && !done() && sendPiece(parts.get(part))) {
      sent++;
    }
    return sent;
  }

  private boolean sendPiece(Part of) {
    int chunkLength = pieces.chunkLength(of.chunk());
    int whole = of.moments() ? 2 * chunkLength : chunkLength;
    int count = Math.min(pieces.pieceLength(), whole - position);
    boolean gone = of.moments() ? sendMoments(of.chunk(), count) : sendWeights(of.chunk(), count);
    if (gone) {
      position += count;
      if (position == whole) {
        position = 0;
        part++;
      }
    }
    return gone;
  }

  private boolean sendWeights(int number, int count) {
    Chunk chunk = partition.chunk(number);
    int offset = chunk.offset() + position;
    DirectBuffer from = trainStep.weights(chunk.bucket());
    int at = offset * Float.BYTES;
    return destination == ALL
        ? conversation.broadcast(Frame.WEIGHTS, chunk.bucket(), offset, count, from, at)
        : conversation.send(
            destination, Frame.WEIGHTS, chunk.bucket(), offset, count, 0, 0, from, at);
  }

  private boolean sendMoments(int number, int count) {
    Chunk chunk = partition.chunk(number);
    if (position == 0) {
      moments = staging(moments, 2 * pieces.chunkLength(number) * Float.BYTES);
      trainStep.readMoments(chunk, moments, 0);
    }
    return conversation.send(
        destination,
        Frame.MOMENTS,
        chunk.bucket(),
        chunk.offset(),
        count,
        position,
        position + count,
        moments,
        position * Float.BYTES);
  }

  /** A buffer of at least that size; the one given if it will do. */
  static UnsafeBuffer staging(UnsafeBuffer present, int bytes) {
    return present != null && present.capacity() >= bytes
        ? present
        : new UnsafeBuffer(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
  }
}
