package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Brings the members of a generation to the same step, without anyone to tell them how: all tell
 * what they hold, all make the same {@link SettlePlan}, and each does its part of it. Before a
 * member changes anything it notes what the others know to be committed; before it lets moments go
 * it has heard that every other one has what it needs. So a settlement may end at any point, and
 * the next one finds the state whole.
 */
final class Settling implements Conversation.Work {
  private enum Stage {
    GREET,
    TELL,
    MOVE,
    CONFIRM,
    DONE
  }

  private static final int WORK_UNSAID = 64; // messages or chunks
  private static final int WORKING = 0;
  private static final int ALL_IN_PLACE = 1;

  private final Place place;
  private final ChunkPartition partition;
  private final Pieces pieces;
  private final Conversation conversation;
  private final TrainStep trainStep;
  private final HeldState held;
  private final Handshake handshake;
  private final HoldingsRound round;
  private final boolean[] settled; // by rank: has all it needs
  private final List<StateSender> senders = new ArrayList<>();
  private final BitSet updates = new BitSet(); // chunks that follow from their sums
  private StateReceiver receiver;
  private volatile SettlePlan plan;
  private boolean mayMove;
  private Stage stage;
  private int unsaid;
  private int missingSaid;
  private Settlement settlement;

  /**
   * Starts a settlement.
   *
   * @param handshake the generation's; done when this is not its first settlement
   * @param messageBytes room for entries in a message
   */
  Settling(
      Place place,
      ChunkPartition partition,
      Pieces pieces,
      Conversation conversation,
      Handshake handshake,
      TrainStep trainStep,
      HeldState held,
      int messageBytes) {
    this.place = place;
    this.partition = partition;
    this.pieces = pieces;
    this.conversation = conversation;
    this.handshake = handshake;
    this.trainStep = trainStep;
    this.held = held;
    settled = new boolean[place.worldSize()];
    stage = handshake.done() ? Stage.TELL : Stage.GREET;
    conversation.on(Frame.WEIGHTS, Conversation.LATER); // until there is a plan
    conversation.on(Frame.MOMENTS, Conversation.LATER);
    conversation.on(Frame.SETTLED, this::onSettled);
    round = new HoldingsRound(place, conversation, held, messageBytes);
  }

  /** Whether all is told; from any thread. */
  boolean hasPlan() {
    return plan != null;
  }

  /** From now on state may change; until then members only tell each other what they hold. */
  void mayMove() {
    mayMove = true;
  }

  /** What came of it, once this is done. */
  Settlement settlement() {
    return settlement;
  }

  @Override
  public boolean done() {
    return stage == Stage.DONE;
  }

  /** Does what can be done now, at most one update of a chunk. */
  @Override
  public int advance() {
    return switch (stage) {
      case GREET -> greet();
      case TELL -> tell();
      case MOVE -> move();
      case CONFIRM -> confirm();
      case DONE -> 0;
    };
  }

  private int greet() {
    int sent = handshake.advance();
    if (!handshake.done()) {
      return sent;
    }
    stage = Stage.TELL;
    return sent + 1;
  }

  private int tell() {
    int sent = round.advance();
    if (!round.done()) {
      return sent;
    }
    if (plan == null) {
      plan = new SettlePlan(round.members(), partition, place.startStep());
      sent++;
    }
    if (!mayMove) {
      return sent;
    }
    if (plan.isLost()) {
      settlement = new Settlement.StateLost(plan.missing());
      stage = Stage.DONE;
    } else {
      takeOver();
      stage = Stage.MOVE;
    }
    return sent + 1;
  }

  /** Notes what is committed, before anything that follows from it is written. */
  private void takeOver() {
    long target = plan.target();
    StepResult result = plan.result();
    if (held.committed() < target) {
      held.commit(target, result);
    }
    if (result != null && !result.applied()) {
      held.skip(target - 1);
    }
    for (int chunk = 0; chunk < partition.chunks(); chunk++) {
      if (plan.updates(place.rank(), chunk)) {
        updates.set(chunk);
      }
    }
    trainStep.hold(chunks(chunk -> isHeld(chunk) || partition.holds(place.rank(), chunk)));
    receiver = new StateReceiver(place, plan, pieces, partition, trainStep, held);
    conversation.on(Frame.WEIGHTS, receiver::onWeights);
    conversation.on(Frame.MOMENTS, receiver::onMoments);
    missingSaid = receiver.missing();
    planSending();
  }

  private boolean isHeld(int chunk) {
    return held.moments(chunk) != HeldState.NOTHING;
  }

  private List<Chunk> chunks(IntPredicate wanted) {
    List<Chunk> chosen = new ArrayList<>();
    for (int chunk = 0; chunk < partition.chunks(); chunk++) {
      if (wanted.test(chunk)) {
        chosen.add(partition.chunk(chunk));
      }
    }
    return chosen;
  }

  private void planSending() {
    StateSender[] to = new StateSender[place.worldSize()];
    for (int rank = 0; rank < to.length; rank++) {
      to[rank] = new StateSender(rank, pieces, partition, conversation, trainStep);
    }
    StateSender toAll =
        new StateSender(StateSender.ALL, pieces, partition, conversation, trainStep);
    for (int chunk = 0; chunk < partition.chunks(); chunk++) {
      int of = chunk;
      int[] lackWeights = ranks(rank -> plan.needsWeights(rank, of));
      int[] lackMoments = ranks(rank -> plan.needsMoments(rank, of));
      if (lackWeights.length > 0 && plan.weightsSource(chunk) == place.rank()) {
        (lackWeights.length == 1 ? to[lackWeights[0]] : toAll).addWeights(chunk);
      }
      if (lackMoments.length > 0 && plan.momentsSource(chunk) == place.rank()) {
        for (int rank : lackMoments) {
          to[rank].addMoments(chunk);
        }
      }
    }
    senders.addAll(List.of(to));
    senders.add(toAll);
  }

  private int[] ranks(IntPredicate wanted) {
    return IntStream.range(0, place.worldSize()).filter(wanted).toArray();
  }

  private int move() {
    int moved = 0;
    if (!updates.isEmpty()) {
      update(updates.nextSetBit(0));
      moved = 1;
    } else {
      boolean allSent = true;
      for (StateSender sender : senders) {
        moved += sender.advance();
        allSent &= sender.done();
      }
      if (allSent && receiver.done()) {
        held.refresh(trainStep);
        stage = Stage.CONFIRM;
        return moved + 1;
      }
    }
    sayWorking(moved);
    return moved;
  }

  private void update(int chunk) {
    StepResult result = plan.result();
    float scale = StepCycle.scale(trainStep, result.gradientNorm(), place.microshards());
    held.update(trainStep, partition.chunk(chunk), chunk, scale, plan.target() - 1);
    updates.clear(chunk);
  }

  /** Lets the others know now and then that this member is busy, not silent. */
  private void sayWorking(int moved) {
    unsaid += moved;
    boolean due = unsaid >= WORK_UNSAID || receiver.missing() <= missingSaid - WORK_UNSAID;
    if (due && conversation.announce(Frame.SETTLED, WORKING)) {
      unsaid = 0;
      missingSaid = receiver.missing();
    }
  }

  private int confirm() {
    int said = 0;
    if (!settled[place.rank()] && conversation.announce(Frame.SETTLED, ALL_IN_PLACE)) {
      settled[place.rank()] = true;
      said = 1;
    }
    for (boolean each : settled) {
      if (!each) {
        return said;
      }
    }
    complete();
    return said + 1;
  }

  private boolean onSettled(Frame frame) {
    settled[frame.sender()] |= frame.index() == ALL_IN_PLACE;
    return true;
  }

  /** Every owner and deputy has its moments: what others hold of them is not needed any more. */
  private void complete() {
    boolean own = held.begun() == plan.target() - 1 && held.begun() != HeldState.NOTHING;
    for (int chunk = 0; chunk < partition.chunks(); chunk++) {
      if (!partition.holds(place.rank(), chunk)) {
        held.writingMoments(chunk);
      }
    }
    conversation.on(Frame.WEIGHTS, Conversation.LATER);
    conversation.on(Frame.MOMENTS, null);
    trainStep.hold(chunks(chunk -> partition.holds(place.rank(), chunk)));
    held.keepSums(chunk -> partition.holds(place.rank(), chunk));
    held.commit(plan.target(), plan.result());
    settlement =
        new Settlement.GoOn(
            plan.target(), own ? Optional.ofNullable(plan.result()) : Optional.empty());
    stage = Stage.DONE;
  }

  /** What the others are waited for now, for people. */
  String waitsFor() {
    return switch (stage) {
      case GREET -> "it to join the gradient exchange";
      case TELL -> "it to say what it holds";
      default -> "the state to be passed round";
    };
  }

  @Override
  public boolean owes(int rank) {
    return switch (stage) {
      case GREET -> handshake.owes(rank);
      case TELL -> round.owes(rank);
      case MOVE -> receiver.owes(rank) || (rank != place.rank() && !senders.get(rank).done());
      case CONFIRM -> !settled[rank];
      case DONE -> false;
    };
  }
}
