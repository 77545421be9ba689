package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.StepExchange.StepResult;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import java.time.Duration;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.NanoClock;

/**
 * The exchange of one member in one generation as a plain state machine: no thread, no waiting, no
 * clock and no network but those it is given. {@link #settle}, {@link #begin}, {@link #add} and
 * {@link #finish} start something and return at once; {@link #advance} does what can be done now,
 * until {@link #phase} tells that it is done. One thread at a time; only {@link #abort} comes from
 * any. {@link AeronStepExchange} is its blocking shell.
 *
 * <p>Every call but {@link #close} throws {@link ExchangeException} once the generation is aborted,
 * or cannot go on. What the member holds is then, as always, what its {@link HeldState} says.
 */
public final class ExchangeMachine implements AutoCloseable {

  /** What the machine is doing. */
  public enum Phase {
    /** Nothing yet: {@link #settle} comes first. */
    NEW,
    /** The members settle. */
    SETTLE,
    /** The settlement found state missing: restore, then {@link #settle} again. */
    LOST,
    /** Settled and between two steps: {@link #begin} may come. */
    READY,
    /** Gradients are summed; ends only after {@link #finish}. */
    REDUCE,
    /** Norm and losses are agreed on; ends with the commit point. */
    AGREE,
    /** Chunks are updated and new weights passed round. */
    GATHER
  }

  private final Place place;
  private final ChunkPartition partition;
  private final Pieces pieces;
  private final Conversation conversation;
  private final Handshake handshake;
  private final int messageBytes;
  private final NanoClock clock;
  private final WireFormat wire;
  private final Conversation.Work work = new PresentPhase();
  private Phase phase = Phase.NEW;
  private long settlements;
  private Settling settling;
  private Settlement settlement;
  private HeldState held;
  private StepCycle cycle;
  private TrainStep finishing;
  private StepResult result;
  private boolean closed;

  /**
   * A member's side of a generation's exchange.
   *
   * @param trainer a member of the generation
   * @param layout the same for every member
   * @param links the ways to the other members, closed with this
   */
  public static ExchangeMachine of(
      Generation generation,
      String trainer,
      BucketLayout layout,
      PeerLinks links,
      ExchangeSettings settings) {
    return new ExchangeMachine(Place.of(generation, trainer), layout, links, settings);
  }

  ExchangeMachine(Place place, BucketLayout layout, PeerLinks links, ExchangeSettings settings) {
    this.place = place;
    clock = settings.clock();
    wire = settings.wire();
    conversation = new Conversation(place, links, settings.clock());
    partition = new ChunkPartition(layout, place.hosts());
    pieces = new Pieces(layout, partition, settings.pieceLength());
    messageBytes = Math.max(Frame.STANDING_BYTES, settings.pieceLength() * Float.BYTES);
    handshake =
        new Handshake(place, links, conversation, pieces.fingerprint() + 31 * wire.ordinal());
  }

  /** Chunks that this member sums and updates, and writes into checkpoints. */
  public List<Chunk> owned() {
    return partition.owned(place.rank());
  }

  /** What the machine is doing. */
  public Phase phase() {
    return phase;
  }

  /** Starts to settle, as {@link StepExchange#settle}; the phase becomes READY or LOST. */
  public void settle(TrainStep trainStep, HeldState present) {
    talk(trainStep, present);
    mayMove();
  }

  /** Starts to settle; until {@link #mayMove} the members only tell each other what they hold. */
  void talk(TrainStep trainStep, HeldState present) {
    require(phase == Phase.NEW || phase == Phase.LOST, "settle");
    held = present;
    conversation.begin(Conversation.FIRST_SETTLEMENT + settlements++);
    settling =
        new Settling(
            place, partition, pieces, conversation, handshake, trainStep, present, messageBytes);
    phase = Phase.SETTLE;
  }

  /** Whether nothing of the settlement goes on before {@link #mayMove}; from any thread. */
  boolean hasPlan() {
    return settling.hasPlan();
  }

  /** From now on the settlement changes weights and moments. */
  void mayMove() {
    settling.mayMove();
  }

  /** What the last settlement came to. */
  public Settlement settlement() {
    require(settlement != null, "ask for the settlement");
    return settlement;
  }

  /** Starts a step, as {@link StepExchange#begin}. */
  public void begin(long step) {
    require(phase == Phase.READY, "begin a step");
    if (step != held.committed()) {
      throw new IllegalArgumentException(
          "step " + step + ": want " + held.committed() + ", as many as are done");
    }
    finishing = null;
    result = null;
    phase = Phase.REDUCE;
    cycle.begin(step);
  }

  /** Takes a gradient, as {@link StepExchange#add}; also sends and takes some messages. */
  public void add(int microshard, int bucket, DirectBuffer gradient) {
    checkOwn(microshard);
    gradient.boundsCheck(0, bytes(bucket));
    cycle.add(microshard, bucket, gradient);
    conversation.poll();
  }

  private int bytes(int bucket) {
    int last = pieces.firstOfBucket(bucket + 1) - 1;
    return last < pieces.firstOfBucket(bucket)
        ? 0
        : (pieces.offset(last) + pieces.length(last)) * Float.BYTES;
  }

  /** Takes a microshard's loss terms. */
  public void addLoss(int microshard, TrainStep.Loss loss) {
    checkOwn(microshard);
    cycle.setLoss(microshard, loss);
  }

  private void checkOwn(int microshard) {
    require(phase == Phase.REDUCE && finishing == null, "add to a step");
    MicroshardRange range = place.range();
    if (microshard < range.first() || microshard >= range.end()) {
      throw new IllegalArgumentException(
          "microshard " + microshard + ": want " + range.first() + " to " + (range.end() - 1));
    }
  }

  /**
   * Says that all gradients and losses are added: from now on the step goes on by itself, and the
   * phase becomes READY when it is done.
   */
  public void finish(TrainStep trainStep) {
    require(phase == Phase.REDUCE && finishing == null, "finish a step");
    if (!cycle.complete()) {
      throw new IllegalStateException(
          "step " + conversation.step() + " lacks gradients or losses of own microshards");
    }
    finishing = trainStep;
  }

  /** What the step came to that was finished last. */
  public StepResult result() {
    require(phase == Phase.READY && result != null, "ask for a result");
    return result;
  }

  /**
   * Does what can be done now: sends, takes messages, updates at most one chunk.
   *
   * @return how much that was; 0 when only others can bring it further
   */
  public int advance() {
    conversation.checkGoingOn();
    return work.advance() + conversation.poll();
  }

  /**
   * To be called while {@link #advance} finds nothing to do.
   *
   * @param sinceNs by the clock of the settings, when waiting in this phase began
   * @param limit how long a member that is waited for may be silent
   * @throws ExchangeException when the links can never work again, or such a member is silent for
   *     longer
   */
  public void checkWaiting(long sinceNs, Duration limit) {
    conversation.checkWaiting(work, sinceNs, clock.nanoTime(), limit, this::waitsFor);
  }

  /** The present phase as something to wait for; done when {@link #advance} left it. */
  Conversation.Work leaving(Phase from) {
    return new Conversation.Work() {
      @Override
      public boolean done() {
        return phase != from;
      }

      @Override
      public int advance() {
        return work.advance();
      }

      @Override
      public boolean owes(int rank) {
        return work.owes(rank);
      }
    };
  }

  Conversation conversation() {
    return conversation;
  }

  /** Whether a member is waited for, either to speak or to listen. */
  public boolean owes(int rank) {
    return rank != place.rank() && work.owes(rank);
  }

  /** What the others are waited for now, for people. */
  public String waitsFor() {
    return switch (phase) {
      case SETTLE -> settling.waitsFor();
      case REDUCE -> "gradients of step " + conversation.step();
      case AGREE -> "norms of step " + conversation.step();
      case GATHER -> "weights of step " + conversation.step();
      default -> "nothing";
    };
  }

  private void leaveSettle() {
    settlement = settling.settlement();
    settling = null;
    if (settlement instanceof Settlement.StateLost) {
      phase = Phase.LOST;
      return;
    }
    cycle = new StepCycle(place, partition, pieces, conversation, held, wire, messageBytes);
    phase = Phase.READY;
  }

  private void leaveAgree() {
    result = cycle.commit(finishing);
    phase = Phase.GATHER;
    if (!result.applied()) {
      ready();
    }
  }

  private void leaveGather() {
    cycle.end();
    ready();
  }

  private void ready() {
    held.told();
    result =
        new StepResult(
            result.loss(), result.gradientNorm(), result.applied(), conversation.waitNs());
    phase = Phase.READY;
  }

  /** Messages of older steps, other generations or other runs that were dropped. */
  public long staleMessages() {
    return conversation.stale();
  }

  /** Messages that made no sense and were dropped. */
  public long refusedMessages() {
    return conversation.refused();
  }

  /** Partial sums that wait to be sent. */
  int unsent() {
    return cycle == null ? 0 : cycle.unsent();
  }

  /** Buffers for partial sums made so far; stays the same from step to step. */
  int buffersAllocated() {
    return cycle == null ? 0 : cycle.buffersAllocated();
  }

  /** Ends the generation, from any thread, as {@link StepExchange#abort}. */
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

  private void require(boolean allowed, String call) {
    conversation.checkGoingOn();
    if (!allowed) {
      throw new IllegalStateException("cannot " + call + " in phase " + phase);
    }
  }

  /** What each phase does, and when it ends. */
  private final class PresentPhase implements Conversation.Work {
    @Override
    public boolean done() {
      return phase == Phase.READY || phase == Phase.LOST;
    }

    @Override
    public int advance() {
      switch (phase) {
        case SETTLE -> {
          int moved = settling.advance();
          if (settling.done()) {
            leaveSettle();
          }
          return moved;
        }
        case REDUCE -> {
          int moved = cycle.pushSums();
          if (finishing != null && cycle.summed()) {
            phase = Phase.AGREE;
            return moved + 1;
          }
          return moved;
        }
        case AGREE -> {
          int moved = cycle.pushAgreement();
          if (cycle.agreed()) {
            leaveAgree();
            return moved + 1;
          }
          return moved;
        }
        case GATHER -> {
          int moved = cycle.pushWeights();
          if (cycle.gathered()) {
            leaveGather();
            return moved + 1;
          }
          return moved;
        }
        default -> {
          return 0;
        }
      }
    }

    @Override
    public boolean owes(int rank) {
      return switch (phase) {
        case SETTLE -> settling.owes(rank);
        case REDUCE -> cycle.owesSums(rank);
        case AGREE -> cycle.owesAgreement(rank);
        case GATHER -> cycle.owesWeights(rank);
        default -> false;
      };
    }
  }
}
