package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The exchange over Aeron: direct reduce-scatter of gradients to the owners of their chunks while
 * the backward pass goes on, agreement on norm and losses, update by the owners, and all-gather of
 * the new weights through logs that all members read. A member that is alone needs no Aeron.
 *
 * <p>The first step waits until all members of the generation are connected. No thread of its own;
 * no allocation in a step once the first ones have filled the pools, but for the results.
 */
public final class AeronStepExchange implements StepExchange {
  private static final double CLIP_EPSILON = 1e-6; // as torch.nn.utils.clip_grad_norm_

  private final Place place;
  private final ExchangeSettings settings;
  private final PeerLinks links;
  private final Conversation conversation;
  private final List<Chunk> owned;
  private final int firstOwned;
  private final Pieces pieces;
  private final UnsafeBuffer[] sums; // by chunk number; null for others' chunks
  private final int[] piecesLeft; // by chunk number, of the owned ones
  private final FloatSums floats = new FloatSums();
  private final ReduceScatter reduce;
  private final StepAgreement agreement;
  private final WeightGather gather;
  private boolean connected;
  private boolean inStep;
  private boolean closed;
  private int added;

  /**
   * A trainer's side of the exchange in a generation. Attaches to the media driver, without waiting
   * for other members; alone, it uses no driver.
   *
   * @param trainer a member of the generation
   * @param layout the same for every member
   * @throws ExchangeException when no media driver answers or shared memory is too small
   */
  public static AeronStepExchange open(
      Generation generation, String trainer, BucketLayout layout, ExchangeSettings settings) {
    return open(generation, trainer, layout, settings, AeronClient.once());
  }

  /**
   * As {@link #open(Generation, String, BucketLayout, ExchangeSettings)}, over the caller's own
   * connection to the media driver, which stays open for the next generation.
   */
  public static AeronStepExchange open(
      Generation generation,
      String trainer,
      BucketLayout layout,
      ExchangeSettings settings,
      AeronClient client) {
    return open(generation, trainer, layout, settings, client.open(generation, trainer, settings));
  }

  private static AeronStepExchange open(
      Generation generation,
      String trainer,
      BucketLayout layout,
      ExchangeSettings settings,
      PeerLinks links) {
    try {
      return new AeronStepExchange(Place.of(generation, trainer), layout, links, settings);
    } catch (RuntimeException failed) {
      links.close();
      throw failed;
    }
  }

  AeronStepExchange(Place place, BucketLayout layout, PeerLinks links, ExchangeSettings settings) {
    this.place = place;
    this.links = links;
    this.settings = settings;
    conversation = new Conversation(place, links, settings.clock());
    ChunkPartition partition = new ChunkPartition(layout, place.worldSize());
    pieces = new Pieces(layout, partition, settings.pieceLength());
    owned = partition.owned(place.rank());
    firstOwned = partition.first(place.rank());
    sums = new UnsafeBuffer[partition.chunks()];
    piecesLeft = new int[partition.chunks()];
    for (int number = firstOwned; number < firstOwned + owned.size(); number++) {
      Chunk chunk = partition.chunk(number);
      int bytes = layout.buckets().get(chunk.bucket()).chunkLength(chunk.index()) * Float.BYTES;
      sums[number] =
          new UnsafeBuffer(ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()));
    }
    reduce = new ReduceScatter(place, pieces, conversation, number -> sums[number], this::onSummed);
    int messageBytes = Math.max(Frame.LOSS_BYTES, settings.pieceLength() * Float.BYTES);
    agreement = new StepAgreement(place, partition, conversation, messageBytes);
    gather = new WeightGather(place, pieces, conversation);
  }

  @Override
  public List<Chunk> owned() {
    return owned;
  }

  @Override
  public void begin(long step) {
    if (inStep) {
      throw new IllegalStateException("step " + conversation.step() + " is not finished");
    }
    if (step < 0 || (connected && step <= conversation.step())) {
      throw new IllegalArgumentException(
          "step " + step + " cannot follow step " + conversation.step());
    }
    conversation.checkGoingOn();
    if (!connected) {
      conversation.begin(step - 1); // others' first step, if they are ahead, waits
      Handshake handshake = new Handshake(place, links, conversation, pieces);
      conversation.await(handshake, settings.connectLimit(), "it to join the gradient exchange");
      connected = true;
    }
    conversation.begin(step);
    reduce.begin();
    agreement.begin();
    for (int number = firstOwned; number < firstOwned + owned.size(); number++) {
      piecesLeft[number] = pieces.firstOfChunk(number + 1) - pieces.firstOfChunk(number);
    }
    added = 0;
    inStep = true;
  }

  private void onSummed(int piece) {
    int chunk = pieces.chunk(piece);
    if (--piecesLeft[chunk] == 0) {
      agreement.setSquares(
          chunk, floats.squares(sums[chunk], sums[chunk].capacity() / Float.BYTES));
    }
  }

  @Override
  public void add(int microshard, int bucket, DirectBuffer gradient) {
    checkInStep();
    MicroshardRange range = place.range();
    if (microshard < range.first() || microshard >= range.end()) {
      throw new IllegalArgumentException(
          "microshard " + microshard + ": want " + range.first() + " to " + (range.end() - 1));
    }
    conversation.checkGoingOn();
    gradient.boundsCheck(0, bytes(bucket));
    reduce.accept(microshard, bucket, gradient, false);
    added++;
    reduce.advance();
    conversation.poll();
  }

  private int bytes(int bucket) {
    int last = pieces.firstOfBucket(bucket + 1) - 1;
    return last < pieces.firstOfBucket(bucket)
        ? 0
        : (pieces.offset(last) + pieces.length(last)) * Float.BYTES;
  }

  @Override
  public void addLoss(int microshard, TrainStep.Loss loss) {
    checkInStep();
    MicroshardRange range = place.range();
    if (microshard < range.first() || microshard >= range.end()) {
      throw new IllegalArgumentException(
          "microshard " + microshard + ": want " + range.first() + " to " + (range.end() - 1));
    }
    agreement.setLoss(microshard, loss);
  }

  @Override
  public StepResult finish(TrainStep trainStep) {
    checkInStep();
    if (added != place.range().size() * pieces.buckets() || !agreement.ownLossesKnown()) {
      throw new IllegalStateException(
          "step " + conversation.step() + " lacks gradients or losses of own microshards");
    }
    conversation.await(reduce, settings.silenceLimit(), "gradients of step " + conversation.step());
    conversation.await(agreement, settings.silenceLimit(), "norms of step " + conversation.step());
    TrainStep.Loss loss = agreement.loss();
    double norm = agreement.gradientNorm();
    boolean applied =
        Double.isFinite(norm) && Double.isFinite(loss.nll() + loss.gva() + loss.zLoss());
    if (applied) {
      double clip = Math.min(1, trainStep.clipNorm() / (norm + CLIP_EPSILON));
      update(trainStep, (float) (clip / place.microshards()));
    }
    inStep = false;
    return new StepResult(loss, norm, applied, conversation.waitNs());
  }

  private void update(TrainStep trainStep, float scale) {
    for (int bucket = 0; bucket < pieces.buckets(); bucket++) {
      gather.setWeights(bucket, trainStep.weights(bucket));
    }
    gather.begin();
    for (int i = 0; i < owned.size(); i++) {
      int number = firstOwned + i;
      trainStep.update(owned.get(i), sums[number], 0, scale, conversation.step());
      for (int piece = pieces.firstOfChunk(number);
          piece < pieces.firstOfChunk(number + 1);
          piece++) {
        gather.onReady(piece);
      }
      gather.advance();
      conversation.poll();
    }
    conversation.await(gather, settings.silenceLimit(), "weights of step " + conversation.step());
    gather.end();
    for (int bucket = 0; bucket < pieces.buckets(); bucket++) {
      trainStep.weightsChanged(bucket);
    }
  }

  private void checkInStep() {
    if (!inStep) {
      throw new IllegalStateException("no step was begun");
    }
  }

  /** Messages of older steps, other generations or other runs that were dropped. */
  public long staleMessages() {
    return conversation.stale();
  }

  /** Messages that made no sense and were dropped. */
  public long refusedMessages() {
    return conversation.refused();
  }

  /** Buffers for partial sums made so far; stays the same from step to step. */
  int buffersAllocated() {
    return reduce.buffersAllocated();
  }

  @Override
  public void abort(String reason) {
    conversation.abort(reason);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      conversation.close();
    }
  }
}
