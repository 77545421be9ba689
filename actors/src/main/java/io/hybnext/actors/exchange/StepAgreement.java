package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.TrainStep;
import java.util.BitSet;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The small numbers that every member has to know: the sum of squares of each chunk's gradient,
 * from its owner and from its deputy, and the loss terms of each microshard, from who computed it.
 * All members sum them in the same order and so come to the same norm and losses, bit for bit. Who
 * knows them all knows that every chunk's sum lies in two places: that is the commit point of the
 * step.
 */
final class StepAgreement implements Conversation.Work {
  private final Place place;
  private final ChunkPartition partition;
  private final Conversation conversation;
  private final UnsafeBuffer entries;
  private final double[] squares; // by chunk number
  private final double[] confirmed; // by chunk number, the deputy's
  private final BitSet squaresKnown = new BitSet();
  private final BitSet confirmedKnown = new BitSet();
  private final int confirmations; // chunks that have a deputy
  private final TrainStep.Loss[] losses; // by microshard
  private final int firstOwned;
  private final int endOwned;
  private final int[] backed; // chunks that this member is deputy of
  private int squaresSent;
  private int confirmedSent; // of those backed
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
    backed = partition.backed(place.rank());
    confirmed = new double[partition.chunks()];
    confirmations = place.worldSize() == 1 ? 0 : partition.chunks();
    conversation.on(Frame.NORM, this::onNorm);
    conversation.on(Frame.LOSS, this::onLoss);
  }

  /** Starts a step. */
  void begin() {
    squaresKnown.clear();
    confirmedKnown.clear();
    confirmedSent = 0;
    java.util.Arrays.fill(losses, null);
    squaresSent = firstOwned;
    lossesSent = place.range().first();
  }

  /** Sets the sum of squares of a chunk that this member owns or is deputy of. */
  void setSquares(int chunk, double value) {
    set(place.rank(), chunk, value);
  }

  private void set(int rank, int chunk, double value) {
    boolean owner = partition.owner(chunk) == rank;
    (owner ? squares : confirmed)[chunk] = value;
    (owner ? squaresKnown : confirmedKnown).set(chunk);
    boolean both = squaresKnown.get(chunk) && confirmedKnown.get(chunk);
    if (both && Double.compare(squares[chunk], confirmed[chunk]) != 0) {
      throw new ExchangeException(
          String.format(
              "%s and %s have different sums of chunk %d: memory or the network changed some bits",
              place.names().get(partition.owner(chunk)),
              place.names().get(partition.deputy(chunk)),
              chunk));
    }
  }

  private boolean known(int rank, int chunk) {
    return (partition.owner(chunk) == rank ? squaresKnown : confirmedKnown).get(chunk);
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
      if (!partition.holds(frame.sender(), chunk) || known(frame.sender(), chunk)) {
        return false;
      }
    }
    for (int chunk = first; chunk < end; chunk++) {
      int at = frame.entries() + (chunk - first) * Double.BYTES;
      set(frame.sender(), chunk, frame.buffer().getDouble(at));
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
      losses[microshard] = Frame.loss(frame.buffer(), at);
    }
    return true;
  }

  @Override
  public int advance() {
    int sent = 0;
    while (lossesSent < place.range().end() && sendLosses()) {
      sent++;
    }
    for (int count = 1; count > 0 && squaresSent < endOwned; sent += count > 0 ? 1 : 0) {
      count = sendSquares(squares, squaresSent, endOwned);
      squaresSent += count;
    }
    for (int count = 1; count > 0 && confirmedSent < backed.length; sent += count > 0 ? 1 : 0) {
      count = sendSquares(confirmed, backed[confirmedSent], endOfRun(confirmedSent));
      confirmedSent += count;
    }
    return sent;
  }

  private boolean sendLosses() {
    int room = entries.capacity() / Frame.LOSS_BYTES;
    int count = Math.min(room, place.range().end() - lossesSent);
    for (int i = 0; i < count; i++) {
      Frame.putLoss(entries, i * Frame.LOSS_BYTES, losses[lossesSent + i]);
    }
    boolean gone = conversation.broadcast(Frame.LOSS, lossesSent, 0, count, entries, 0);
    lossesSent += gone ? count : 0;
    return gone;
  }

  /** Number after those that follow a backed chunk without a gap. */
  private int endOfRun(int index) {
    int at = index;
    while (at + 1 < backed.length && backed[at + 1] == backed[at] + 1) {
      at++;
    }
    return backed[at] + 1;
  }

  /** Returns how many were sent. */
  private int sendSquares(double[] values, int first, int end) {
    int count = Math.min(entries.capacity() / Double.BYTES, end - first);
    for (int i = 0; i < count; i++) {
      entries.putDouble(i * Double.BYTES, values[first + i]);
    }
    return conversation.broadcast(Frame.NORM, first, 0, count, entries, 0) ? count : 0;
  }

  @Override
  public boolean done() {
    if (!allSent()
        || squaresKnown.cardinality() < squares.length
        || confirmedKnown.cardinality() < confirmations) {
      return false;
    }
    for (TrainStep.Loss loss : losses) {
      if (loss == null) {
        return false;
      }
    }
    return true;
  }

  private boolean allSent() {
    return squaresSent == endOwned
        && confirmedSent == backed.length
        && lossesSent == place.range().end();
  }

  @Override
  public boolean owes(int rank) {
    for (int chunk = 0; chunk < squares.length; chunk++) {
      if (partition.holds(rank, chunk) && !known(rank, chunk)) {
        return true;
      }
    }
    MicroshardRange range = place.ranges().get(rank);
    for (int microshard = range.first(); microshard < range.end(); microshard++) {
      if (losses[microshard] == null) {
        return true;
      }
    }
    return !allSent();
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
