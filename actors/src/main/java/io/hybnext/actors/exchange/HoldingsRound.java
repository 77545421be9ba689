package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.step.TrainStep;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Every member tells every other one what it holds, chunk by chunk in runs. */
final class HoldingsRound implements Conversation.Work {
  private static final int FLAG_KNOWN = 1;
  private static final int FLAG_APPLIED = 2;

  private final Place place;
  private final Conversation conversation;
  private final List<Holdings> members = new ArrayList<>();
  private final Holdings own;
  private final UnsafeBuffer entries;
  private boolean standingSent;
  private int chunksSent;

  /**
   * Takes a copy of what is held now.
   *
   * @param messageBytes room for entries in a message
   */
  HoldingsRound(Place place, Conversation conversation, HeldState held, int messageBytes) {
    this.place = place;
    this.conversation = conversation;
    own = Holdings.of(held);
    entries = new UnsafeBuffer(new byte[messageBytes]);
    for (int rank = 0; rank < place.worldSize(); rank++) {
      members.add(rank == place.rank() ? own : new Holdings(held.chunks()));
    }
    conversation.on(Frame.STANDING, this::onStanding);
    conversation.on(Frame.HOLDINGS, this::onHoldings);
  }

  /** By rank; complete when this is done. */
  List<Holdings> members() {
    return members;
  }

  @Override
  public int advance() {
    if (!standingSent && place.worldSize() > 1) {
      writeStanding();
      standingSent = conversation.broadcast(Frame.STANDING, 0, 0, 1, entries, 0);
      if (!standingSent) {
        return 0;
      }
    }
    int sent = 0;
    while (chunksSent < own.chunks() && sendRuns()) {
      sent++;
    }
    return sent;
  }

  private void writeStanding() {
    StepResult result = own.result();
    entries.setMemory(0, Frame.STANDING_BYTES, (byte) 0);
    entries.putLong(0, own.committed());
    if (result != null) {
      entries.putInt(8, FLAG_KNOWN | (result.applied() ? FLAG_APPLIED : 0));
      Frame.putLoss(entries, 16, result.loss());
      entries.putDouble(16 + Frame.LOSS_BYTES, result.gradientNorm());
    }
  }

  private boolean sendRuns() {
    int room = entries.capacity() / Frame.RUN_BYTES;
    int count = 0;
    int end = chunksSent;
    for (; count < room && end < own.chunks(); count++) {
      int at = count * Frame.RUN_BYTES;
      int run = own.run(end);
      entries.putLong(at, own.weights(end));
      entries.putLong(at + 8, own.moments(end));
      entries.putLong(at + 16, own.sum(end));
      entries.putLong(at + 24, run);
      end += run;
    }
    if (!conversation.broadcast(Frame.HOLDINGS, chunksSent, 0, count, entries, 0)) {
      return false;
    }
    chunksSent = end;
    return true;
  }

  private boolean onStanding(Frame frame) {
    if (frame.count() != 1) {
      return false;
    }
    DirectBuffer from = frame.buffer();
    int at = frame.entries();
    int flags = from.getInt(at + 8);
    StepResult result = null;
    if ((flags & FLAG_KNOWN) != 0) {
      TrainStep.Loss loss = Frame.loss(from, at + 16);
      double norm = from.getDouble(at + 16 + Frame.LOSS_BYTES);
      result = new StepResult(loss, norm, (flags & FLAG_APPLIED) != 0, 0);
    }
    return members.get(frame.sender()).setStanding(from.getLong(at), result);
  }

  private boolean onHoldings(Frame frame) {
    Holdings sender = members.get(frame.sender());
    if (frame.index() != sender.known()) {
      return false;
    }
    DirectBuffer from = frame.buffer();
    for (int run = 0; run < frame.count(); run++) {
      int at = frame.entries() + run * Frame.RUN_BYTES;
      long count = from.getLong(at + 24);
      if (count != (int) count
          || !sender.append(
              (int) count, from.getLong(at), from.getLong(at + 8), from.getLong(at + 16))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean done() {
    return chunksSent == own.chunks() && members.stream().allMatch(Holdings::complete);
  }

  @Override
  public boolean owes(int rank) {
    return !members.get(rank).complete() || chunksSent < own.chunks();
  }
}
