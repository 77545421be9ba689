package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.step.TrainStep;
import org.agrona.DirectBuffer;

/**
 * The steps of a settled generation, one after another: sums to owners and deputies, agreement,
 * update by both, new weights to all. Changes no weights before the commit point, and keeps the
 * {@link HeldState} true.
 */
final class StepCycle {
  private static final double CLIP_EPSILON = 1e-6; // as torch.nn.utils.clip_grad_norm_

  private final Place place;
  private final ChunkPartition partition;
  private final Pieces pieces;
  private final Conversation conversation;
  private final HeldState held;
  private final int[] piecesLeft; // by chunk number, of those summed or backed up here
  private final FloatSums floats = new FloatSums();
  private final ReduceScatter reduce;
  private final SumCopies copies;
  private final StepAgreement agreement;
  private final WeightGather gather;
  private final int[] updates; // chunks that this member updates, owned ones first
  private TrainStep trainStep;
  private float scale;
  private int updated;
  private int added;

  StepCycle(
      Place place,
      ChunkPartition partition,
      Pieces pieces,
      Conversation conversation,
      HeldState held,
      WireFormat wire,
      int messageBytes) {
    this.place = place;
    this.partition = partition;
    this.pieces = pieces;
    this.conversation = conversation;
    this.held = held;
    piecesLeft = new int[partition.chunks()];
    copies = new SumCopies(place, pieces, conversation, wire, held, this::onWhole);
    reduce = new ReduceScatter(place, pieces, conversation, wire, held::sumBuffer, this::onSummed);
    agreement = new StepAgreement(place, partition, conversation, messageBytes);
    gather = new WeightGather(place, pieces, conversation, new GatheredChunks());
    updates = updates();
  }

  private int[] updates() {
    int[] numbers = new int[partition.chunks()];
    int count = 0;
    for (int round = 0; round < 2; round++) {
      for (int chunk = 0; chunk < numbers.length; chunk++) {
        boolean owner = partition.owner(chunk) == place.rank();
        if (round == 0 ? owner : !owner && partition.deputy(chunk) == place.rank()) {
          numbers[count++] = chunk;
        }
      }
    }
    return java.util.Arrays.copyOf(numbers, count);
  }

  /** What the sum of a gradient is multiplied by. */
  static float scale(TrainStep trainStep, double norm, int microshards) {
    double clip = Math.min(1, trainStep.clipNorm() / (norm + CLIP_EPSILON));
    return (float) (clip / microshards);
  }

  /** Starts a step. */
  void begin(long step) {
    held.begin(step);
    conversation.begin(step);
    reduce.begin();
    copies.begin();
    agreement.begin();
    for (int chunk : updates) {
      piecesLeft[chunk] = pieces.firstOfChunk(chunk + 1) - pieces.firstOfChunk(chunk);
    }
    added = 0;
  }

  private void onSummed(int piece) {
    copies.onSummed(piece);
    onWhole(piece);
  }

  private void onWhole(int piece) {
    int chunk = pieces.chunk(piece);
    if (--piecesLeft[chunk] == 0) {
      double squares = floats.squares(held.sumBuffer(chunk), pieces.chunkLength(chunk));
      held.summed(chunk, conversation.step());
      agreement.setSquares(chunk, squares);
    }
  }

  /** Takes a gradient, and sends what can be sent. */
  void add(int microshard, int bucket, DirectBuffer gradient) {
    reduce.accept(microshard, bucket, gradient, false);
    added++;
    pushSums();
  }

  void setLoss(int microshard, TrainStep.Loss loss) {
    agreement.setLoss(microshard, loss);
  }

  /** Whether gradients and losses of all own microshards are there. */
  boolean complete() {
    return added == place.range().size() * pieces.buckets() && agreement.ownLossesKnown();
  }

  int pushSums() {
    return reduce.advance() + copies.advance();
  }

  boolean summed() {
    return reduce.done() && copies.done();
  }

  int pushAgreement() {
    return agreement.advance();
  }

  boolean agreed() {
    return agreement.done();
  }

  /** Passes the commit point; returns what the step came to. */
  StepResult commit(TrainStep with) {
    TrainStep.Loss loss = agreement.loss();
    double norm = agreement.gradientNorm();
    boolean applied =
        Double.isFinite(norm) && Double.isFinite(loss.nll() + loss.gva() + loss.zLoss());
    long step = conversation.step();
    StepResult result = new StepResult(loss, norm, applied, conversation.waitNs());
    held.commit(step + 1, result);
    if (applied) {
      trainStep = with;
      scale = scale(with, norm, place.microshards());
      for (int bucket = 0; bucket < pieces.buckets(); bucket++) {
        gather.setWeights(bucket, with.weights(bucket));
      }
      updated = 0;
      gather.begin();
    } else {
      held.skip(step);
    }
    return result;
  }

  /** Updates the next chunk, if any, and sends what can be sent. */
  int pushWeights() {
    int moved = 0;
    if (updated < updates.length) {
      int chunk = updates[updated++];
      held.update(trainStep, partition.chunk(chunk), chunk, scale, conversation.step());
      if (partition.owner(chunk) == place.rank()) {
        for (int piece = pieces.firstOfChunk(chunk);
            piece < pieces.firstOfChunk(chunk + 1);
            piece++) {
          gather.onReady(piece);
        }
      }
      moved = 1;
    }
    return moved + gather.advance();
  }

  boolean gathered() {
    return updated == updates.length && gather.done();
  }

  /** Ends a step whose weights are all new. */
  void end() {
    gather.end();
    held.refresh(trainStep);
  }

  boolean owesSums(int rank) {
    return reduce.owes(rank) || copies.owes(rank);
  }

  boolean owesAgreement(int rank) {
    return agreement.owes(rank);
  }

  boolean owesWeights(int rank) {
    return gather.owes(rank);
  }

  /** Partial sums that wait to be sent. */
  int unsent() {
    return reduce.queued();
  }

  /** Buffers for partial sums made so far; stays the same from step to step. */
  int buffersAllocated() {
    return reduce.buffersAllocated();
  }

  /** Notes what comes from other owners. */
  private final class GatheredChunks implements WeightGather.ChunkWrites {
    @Override
    public void writing(int chunk) {
      held.writingWeights(chunk);
    }

    @Override
    public void wrote(int chunk) {
      held.wroteWeights(chunk, conversation.step() + 1);
    }
  }
}
