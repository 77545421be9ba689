package io.hybnext.actors.exchange;

import io.hybnext.actors.step.TrainStep;
import java.util.BitSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Takes the weights and moments that a member lacks from those that the plan names, and notes in
 * the {@link HeldState} what is whole.
 */
final class StateReceiver {
  private final Place place;
  private final SettlePlan plan;
  private final Pieces pieces;
  private final ChunkPartition partition;
  private final TrainStep trainStep;
  private final HeldState held;
  private final BitSet arrived; // pieces of weights
  private final int[] piecesLeft; // of weights, by chunk; 0 where none is wanted
  private final int[] momentsLeft; // elements, by chunk; 0 where none is wanted
  private final UnsafeBuffer[] staging; // moments of a chunk, by sender
  private final int[] owed; // chunks of weights and of moments, by sender
  private int missing;

  StateReceiver(
      Place place,
      SettlePlan plan,
      Pieces pieces,
      ChunkPartition partition,
      TrainStep trainStep,
      HeldState held) {
    this.place = place;
    this.plan = plan;
    this.pieces = pieces;
    this.partition = partition;
    this.trainStep = trainStep;
    this.held = held;
    arrived = new BitSet(pieces.count());
    piecesLeft = new int[partition.chunks()];
    momentsLeft = new int[partition.chunks()];
    staging = new UnsafeBuffer[place.worldSize()];
    owed = new int[place.worldSize()];
    for (int chunk = 0; chunk < piecesLeft.length; chunk++) {
      if (plan.needsWeights(place.rank(), chunk)) {
        piecesLeft[chunk] = pieces.firstOfChunk(chunk + 1) - pieces.firstOfChunk(chunk);
        owed[plan.weightsSource(chunk)]++;
        missing++;
      }
      if (plan.needsMoments(place.rank(), chunk)) {
        momentsLeft[chunk] = 2 * pieces.chunkLength(chunk);
        owed[plan.momentsSource(chunk)]++;
        missing++;
      }
    }
  }

  /** Chunks of weights and of moments that have not come. */
  int missing() {
    return missing;
  }

  /** Whether everything has come. */
  boolean done() {
    return missing == 0;
  }

  /** Whether a member still has to send something. */
  boolean owes(int rank) {
    return owed[rank] > 0;
  }

  /** Takes a piece of weights; those that others asked for pass by. */
  boolean onWeights(Frame frame) {
    int piece = pieces.find(frame.index(), frame.offset());
    if (piece < 0 || frame.count() != pieces.length(piece)) {
      return false;
    }
    int chunk = pieces.chunk(piece);
    if (plan.weightsSource(chunk) != frame.sender()) {
      return false;
    }
    if (!plan.needsWeights(place.rank(), chunk)) {
      return true;
    }
    if (arrived.get(piece)) {
      return false;
    }
    arrived.set(piece);
    held.writingWeights(chunk);
    trainStep
        .weights(frame.index())
        .putBytes(
            frame.offset() * Float.BYTES,
            frame.buffer(),
            frame.entries(),
            frame.count() * Float.BYTES);
    if (--piecesLeft[chunk] == 0) {
      held.wroteWeights(chunk, plan.target());
      arrivedFrom(frame.sender());
    }
    return true;
  }

  /** Takes a part of a chunk's moments; a sender sends them in order, one chunk after another. */
  boolean onMoments(Frame frame) {
    int piece = pieces.find(frame.index(), frame.offset());
    if (piece < 0) {
      return false;
    }
    int chunk = pieces.chunk(piece);
    int whole = 2 * pieces.chunkLength(chunk);
    int first = whole - momentsLeft[chunk];
    if (momentsLeft[chunk] == 0
        || plan.momentsSource(chunk) != frame.sender()
        || partition.chunk(chunk).offset() != frame.offset()
        || frame.first() != first
        || frame.count() > momentsLeft[chunk]) {
      return false;
    }
    UnsafeBuffer to = StateSender.staging(staging[frame.sender()], whole * Float.BYTES);
    staging[frame.sender()] = to;
    to.putBytes(first * Float.BYTES, frame.buffer(), frame.entries(), frame.count() * Float.BYTES);
    momentsLeft[chunk] -= frame.count();
    if (momentsLeft[chunk] == 0) {
      held.writingMoments(chunk);
      trainStep.writeMoments(partition.chunk(chunk), to, 0);
      held.wroteMoments(chunk, plan.target());
      arrivedFrom(frame.sender());
    }
    return true;
  }

  private void arrivedFrom(int sender) {
    owed[sender]--;
    missing--;
  }
}
