package io.hybnext.actors.exchange;

import io.hybnext.actors.membership.MicroshardRange;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sums every piece over all microshards at its owner. A member folds its own microshards along the
 * tree and sends each sum that no further microshard of its own completes, once, straight to the
 * owner; the owner folds what comes. What finds no room waits in a queue, so that the caller can
 * compute on.
 */
final class ReduceScatter implements Conversation.Work {
  private static final int ROUNDS = 8; // messages to each member before it is time to listen

  private final Place place;
  private final Pieces pieces;
  private final Conversation conversation;
  private final WireFormat wire;
  private final UnsafeBuffer converted; // a piece on its way out or in
  private final PieceBuffers buffers;
  private final PieceSums sums;
  private final IntConsumer onSummed;
  private final TreeFold[] folds;
  private final int[] ownRootEnd;
  private final int[][] rootEndOf; // by rank: nodes that it sends
  private final int[] messagesOf; // by rank: partial sums that it sends this member in a step
  private final int[][] order; // by bucket
  private final SendQueue[] queues;
  private final int[] outstanding;
  private int unsummed;
  private int owned;

  /** Sums as they are. */
  ReduceScatter(
      Place place,
      Pieces pieces,
      Conversation conversation,
      IntFunction<MutableDirectBuffer> home,
      IntConsumer onSummed) {
    this(place, pieces, conversation, WireFormat.FP32, home, onSummed);
  }

  /**
   * @param home by chunk number, where the sum of an owned chunk is made, from byte 0
   * @param onSummed called with each owned piece when its sum is whole
   */
  ReduceScatter(
      Place place,
      Pieces pieces,
      Conversation conversation,
      WireFormat wire,
      IntFunction<MutableDirectBuffer> home,
      IntConsumer onSummed) {
    this.place = place;
    this.wire = wire;
    converted = new UnsafeBuffer(new byte[wire.isShort() ? pieces.pieceLength() * 4 : 0]);
    this.pieces = pieces;
    this.conversation = conversation;
    this.onSummed = onSummed;
    buffers = new PieceBuffers(pieces.pieceLength());
    sums = new PieceSums(pieces, buffers, wire.isShort());
    ReductionTree tree = new ReductionTree(place.microshards());
    int world = place.worldSize();
    rootEndOf = new int[world][];
    messagesOf = new int[world];
    queues = new SendQueue[world];
    outstanding = new int[world];
    for (int rank = 0; rank < world; rank++) {
      List<MicroshardRange> roots = tree.cover(place.ranges().get(rank));
      rootEndOf[rank] = TreeFold.rootEnds(tree, roots);
      messagesOf[rank] = roots.size();
      queues[rank] = new SendQueue();
    }
    ownRootEnd = rootEndOf[place.rank()];
    int[] wholeTree = new int[tree.leaves()];
    wholeTree[0] = tree.leaves();
    folds = new TreeFold[pieces.count()];
    for (int piece = 0; piece < folds.length; piece++) {
      boolean mine = pieces.owner(piece) == place.rank();
      folds[piece] = new TreeFold(tree, mine ? wholeTree : ownRootEnd);
      if (mine) {
        sums.setHome(piece, home.apply(pieces.chunk(piece)));
        owned++;
      }
    }
    order = sendOrders();
    conversation.on(wire.gradientKind(), this::onGradient);
  }

  /**
   * Pieces of each bucket, owners taking turns, starting after this member so that loads spread.
   */
  private int[][] sendOrders() {
    int[][] orders = new int[pieces.buckets()][];
    for (int bucket = 0; bucket < orders.length; bucket++) {
      int first = pieces.firstOfBucket(bucket);
      int count = pieces.firstOfBucket(bucket + 1) - first;
      int[] turn = new int[place.worldSize()];
      long[] keyed = new long[count];
      for (int i = 0; i < count; i++) {
        int owner = pieces.owner(first + i);
        int world = place.worldSize();
        int distance = (owner - place.rank() - 1 + world) % world;
        keyed[i] = (((long) turn[owner]++ * world + distance) << 32) | (first + i);
      }
      Arrays.sort(keyed);
      orders[bucket] = Arrays.stream(keyed).mapToInt(key -> (int) key).toArray();
    }
    return orders;
  }

  /** Number of pieces that this member sums. */
  int owned() {
    return owned;
  }

  /** Partial sums that still wait to be sent. */
  int queued() {
    int queued = 0;
    for (SendQueue queue : queues) {
      queued += queue.size();
    }
    return queued;
  }

  /** Buffers made so far; stays the same from step to step. */
  int buffersAllocated() {
    return buffers.allocated();
  }

  /** Starts a step. */
  void begin() {
    for (TreeFold fold : folds) {
      fold.reset();
    }
    unsummed = owned;
    for (int rank = 0; rank < outstanding.length; rank++) {
      outstanding[rank] = rank == place.rank() ? 0 : messagesOf[rank] * owned;
    }
  }

  /**
   * Takes a microshard's gradient of a bucket.
   *
   * @param stable whether the gradient stays unchanged until it is sent; otherwise it is copied.
   *     Where the homes of owned pieces lie in the gradient itself, the step's messages must not be
   *     polled before
   * @throws IllegalStateException when it came before, or is not this member's
   */
  void accept(int microshard, int bucket, DirectBuffer gradient, boolean stable) {
    for (int piece : order[bucket]) {
      conversation.checkGoingOn(); // buckets can be large
      int offset = pieces.offset(piece) * Float.BYTES;
      if (pieces.owner(piece) == place.rank()) {
        if (!foldOwned(piece, microshard, microshard + 1, gradient, offset)) {
          throw outOfTurn(microshard, bucket);
        }
      } else if (ownRootEnd[microshard] == microshard + 1) {
        passOn(piece, microshard, gradient, offset, stable);
      } else {
        foldForOther(piece, microshard, bucket, gradient, offset);
      }
    }
  }

  private static IllegalStateException outOfTurn(int microshard, int bucket) {
    return new IllegalStateException(
        "microshard " + microshard + " of bucket " + bucket + " was added before");
  }

  private boolean foldOwned(int piece, int first, int end, DirectBuffer from, int offset) {
    int slot = folds[piece].accept(first, end, sums.with(piece, from, offset));
    if (slot == TreeFold.REFUSED) {
      return false;
    }
    if (slot >= 0) {
      unsummed--;
      onSummed.accept(piece);
    }
    return true;
  }

  private void passOn(int piece, int microshard, DirectBuffer from, int offset, boolean stable) {
    SendQueue queue = queues[pieces.owner(piece)];
    if (queue.isEmpty() && send(piece, microshard, microshard + 1, from, offset)) {
      return;
    }
    if (stable) {
      queue.addBorrowed(piece, microshard, microshard + 1, from, offset);
    } else {
      UnsafeBuffer copy = buffers.take();
      copy.putBytes(0, from, offset, pieces.length(piece) * Float.BYTES);
      queue.addPooled(piece, microshard, microshard + 1, copy);
    }
  }

  private void foldForOther(
      int piece, int microshard, int bucket, DirectBuffer gradient, int offset) {
    int slot = folds[piece].accept(microshard, microshard + 1, sums.with(piece, gradient, offset));
    if (slot == TreeFold.REFUSED) {
      throw outOfTurn(microshard, bucket);
    }
    if (slot >= 0) {
      int first = microshard;
      while (ownRootEnd[first] == 0) {
        first--;
      }
      queues[pieces.owner(piece)].addPooled(
          piece, first, ownRootEnd[first], sums.takeOut(piece, slot));
    }
  }

  private boolean send(int piece, int first, int end, DirectBuffer from, int offset) {
    if (wire.isShort()) {
      Bfloat16.pack(converted, from, offset, pieces.length(piece));
    }
    return conversation.send(
        pieces.owner(piece),
        wire.gradientKind(),
        pieces.bucket(piece),
        pieces.offset(piece),
        pieces.length(piece),
        first,
        end,
        wire.isShort() ? converted : from,
        wire.isShort() ? 0 : offset);
  }

  private boolean onGradient(Frame frame) {
    int piece = pieces.find(frame.index(), frame.offset());
    int sender = frame.sender();
    int first = frame.first();
    if (piece < 0
        || pieces.owner(piece) != place.rank()
        || frame.count() != pieces.length(piece)
        || first < 0
        || first >= ownRootEnd.length
        || rootEndOf[sender][first] == 0
        || rootEndOf[sender][first] != frame.end()
        || !foldReceived(piece, frame)) {
      return false;
    }
    outstanding[sender]--;
    return true;
  }

  private boolean foldReceived(int piece, Frame frame) {
    if (!wire.isShort()) {
      return foldOwned(piece, frame.first(), frame.end(), frame.buffer(), frame.entries());
    }
    Bfloat16.unpack(converted, 0, frame.buffer(), frame.entries(), frame.count());
    return foldOwned(piece, frame.first(), frame.end(), converted, 0);
  }

  @Override
  public int advance() {
    int sent = 0;
    for (int round = 0; round < ROUNDS; round++) {
      int before = sent;
      for (int distance = 1; distance < queues.length; distance++) {
        SendQueue queue = queues[(place.rank() + distance) % queues.length];
        if (!queue.isEmpty()
            && send(queue.piece(), queue.first(), queue.end(), queue.buffer(), queue.offset())) {
          queue.remove(buffers);
          sent++;
        }
      }
      if (sent == before) {
        break;
      }
    }
    return sent;
  }

  @Override
  public boolean done() {
    return unsummed == 0 && queued() == 0;
  }

  @Override
  public boolean owes(int rank) {
    return outstanding[rank] > 0 || !queues[rank].isEmpty();
  }
}
