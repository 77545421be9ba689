package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.TrainStep;
import java.util.BitSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The small numbers that every member has to know: the sum of squares of each chunk's gradient,
 * from its owner, and the loss terms of each microshard, from who computed it. All members sum them
 * in the same order and so come to the same norm and losses, bit for bit.
 */
final class StepAgreement implements Conversation.Work {
  private final Place place;
  private final ChunkPartition partition;
  private final Conversation conversation;
  private final UnsafeBuffer entries;
  private final double[] squares; // by chunk number
  private final BitSet squaresKnown = new BitSet();
  private final TrainStep.Loss[] losses; // by microshard
  private final int firstOwned;
  private final int endOwned;
  private int squaresSent;
  private int lossesSent;

  /**
   * @param messageBytes room for entries in a message
   */
  StepAgreement(
      Place place, ChunkPartition partition, Conversation conversation, int messageBytes) {
    this.place = place;
    this.partition = partition;
    this.conversation = conversation;
    entries = new UnsafeBuffer(new byte[messageBytes]);
    squares = new double[partition.chunks()];
    losses = new TrainStep.Loss[place.microshards()];
    firstOwned = partition.first(place.rank());
    endOwned = partition.first(place.rank() + 1);
    conversation.on(Frame.NORM, this::onNorm);
    conversation.on(Frame.LOSS, this::onLoss);
  }

  /** Starts a step. */
  void begin() {
    squaresKnown.clear();
    java.util.Arrays.fill(losses, null);
    squaresSent = firstOwned;
    lossesSent = place.range().first();
  }

  /** Sets an owned chunk's sum of squares. */
  void setSquares(int chunk, double value) {
    squares[chunk] = value;
    squaresKnown.set(chunk);
  }

  /** Sets the loss terms of a microshard of this member. */
  void setLoss(int microshard, TrainStep.Loss loss) {
    if (losses[microshard] != null) {
      throw new IllegalStateException("the loss of microshard " + microshard + " was added before");
    }
    losses[microshard] = loss;
  }

  /** Whether the loss terms of this member's microshards are all there. */
  boolean ownLossesKnown() {
    MicroshardRange range = place.range();
    for (int microshard = range.first(); microshard < range.end(); microshard++) {
      if (losses[microshard] == null) {
        return false;
      }
    }
    return true;
  }

  private boolean onNorm(Frame frame) {
    int first = frame.index();
    int end = first + frame.count();
    if (first < 0 || end < first || end > squares.length) {
      return false;
    }
    for (int chunk = first; chunk < end; chunk++) {
      if (partition.owner(chunk) != frame.sender() || squaresKnown.get(chunk)) {
        return false;
      }
    }
    for (int chunk = first; chunk < end; chunk++) {
      int at = frame.entries() + (chunk - first) * Double.BYTES;
      setSquares(chunk, frame.buffer().getDouble(at));
    }
    return true;
  }

  private boolean onLoss(Frame frame) {
    MicroshardRange range = place.ranges().get(frame.sender());
    int first = frame.index();
    int end = first + frame.count();
    if (first < range.first() || end < first || end > range.end()) {
      return false;
    }
    for (int microshard = first; microshard < end; microshard++) {
      if (losses[microshard] != null) {
        return false;
      }
    }
    for (int microshard = first; microshard < end; microshard++) {
      int at = frame.entries() + (microshard - first) * Frame.LOSS_BYTES;
      losses[microshard] =
          new TrainStep.Loss(
              frame.buffer().getDouble(at),
              frame.buffer().getDouble(at + 8),
              frame.buffer().getDouble(at + 16),
              frame.buffer().getLong(at + 24));
    }
    return true;
  }

  @Override
  public int advance() {
    int sent = 0;
    while (lossesSent < place.range().end() && sendLosses()) {
      sent++;
    }
    while (squaresSent < endOwned && sendSquares()) {
      sent++;
    }
    return sent;
  }

  private boolean sendLosses() {
    int room = entries.capacity() / Frame.LOSS_BYTES;
    int count = Math.min(room, place.range().end() - lossesSent);
    for (int i = 0; i < count; i++) {
      TrainStep.Loss loss = losses[lossesSent + i];
      int at = i * Frame.LOSS_BYTES;
      entries.putDouble(at, loss.nll());
      entries.putDouble(at + 8, loss.gva());
      entries.putDouble(at + 16, loss.zLoss());
      entries.putLong(at + 24, loss.tokens());
    }
    boolean gone = conversation.broadcast(Frame.LOSS, lossesSent, 0, count, entries, 0);
    lossesSent += gone ? count : 0;
    return gone;
  }

  private boolean sendSquares() {
    int room = entries.capacity() / Double.BYTES;
    int count = Math.min(room, endOwned - squaresSent);
    for (int i = 0; i < count; i++) {
      entries.putDouble(i * Double.BYTES, squares[squaresSent + i]);
    }
    boolean gone = conversation.broadcast(Frame.NORM, squaresSent, 0, count, entries, 0);
    squaresSent += gone ? count : 0;
    return gone;
  }

  @Override
  public boolean done() {
    boolean allSent = squaresSent == endOwned && lossesSent == place.range().end();
    if (!allSent || squaresKnown.cardinality() < squares.length) {
      return false;
    }
    for (TrainStep.Loss loss : losses) {
      if (loss == null) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean owes(int rank) {
    for (int chunk = partition.first(rank); chunk < partition.first(rank + 1); chunk++) {
      if (!squaresKnown.get(chunk)) {
        return true;
      }
    }
    MicroshardRange range = place.ranges().get(rank);
    for (int microshard = range.first(); microshard < range.end(); microshard++) {
      if (losses[microshard] == null) {
        return true;
      }
    }
    return squaresSent < endOwned || lossesSent < place.range().end();
  }

  /** L2 norm of the mean gradient over all microshards. */
  double gradientNorm() {
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    return Math.sqrt(sum) / losses.length;
  }

  /** Mean loss terms over all microshards; tokens: their sum. */
  TrainStep.Loss loss() {
    double nll = 0;
    double gva = 0;
    double zLoss = 0;
    long tokens = 0;
    for (TrainStep.Loss loss : losses) {
      nll += loss.nll();
      gva += loss.gva();
      zLoss += loss.zLoss();
      tokens += loss.tokens();
    }
    int count = losses.length;
    return new TrainStep.Loss(nll / count, gva / count, zLoss / count, tokens);
  }
}
