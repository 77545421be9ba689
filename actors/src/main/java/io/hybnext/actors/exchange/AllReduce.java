package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Bucket;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sums an array over all members, in place: the reduce-scatter and the all-gather of a training
 * step, without its norm and update in between, so each piece is passed round as soon as it is
 * summed. One microshard a member.
 */
final class AllReduce implements AutoCloseable {
  private final Place place;
  private final PeerLinks links;
  private final ExchangeSettings settings;
  private final Conversation conversation;
  private final Pieces pieces;
  private final ReduceScatter reduce;
  private final WeightGather gather;
  private final UnsafeBuffer values;
  private final Conversation.Work both = new Both();
  private boolean connected;

  /**
   * @param values fp32; belongs to the caller between calls of {@link #run}
   */
  AllReduce(Place place, PeerLinks links, ExchangeSettings settings, UnsafeBuffer values) {
    this.place = place;
    this.links = links;
    this.settings = settings;
    this.values = values;
    int length = values.capacity() / Float.BYTES;
    BucketLayout layout = new BucketLayout(List.of(new Bucket("values", length)));
    conversation = new Conversation(place, links, settings.clock());
    ChunkPartition partition = new ChunkPartition(layout, place.worldSize());
    pieces = new Pieces(layout, partition, settings.pieceLength());
    gather = new WeightGather(place, pieces, conversation);
    gather.setWeights(0, values);
    reduce =
        new ReduceScatter(
            place,
            pieces,
            conversation,
            number -> {
              int from = partition.chunk(number).offset();
              int count = layout.buckets().get(0).chunkLength(partition.chunk(number).index());
              return new UnsafeBuffer(values, from * Float.BYTES, count * Float.BYTES);
            },
            gather::onReady);
  }

  /** Replaces the values by their sums over all members. */
  void run() {
    if (!connected) {
      Handshake handshake = new Handshake(place, links, conversation, pieces);
      conversation.await(handshake, settings.connectLimit(), "it to join the all-reduce");
      connected = true;
    }
    conversation.begin(conversation.step() + 1);
    reduce.begin();
    gather.begin();
    reduce.accept(place.rank(), 0, values, true);
    conversation.await(both, settings.silenceLimit(), "sums");
    gather.end();
  }

  @Override
  public void close() {
    conversation.close();
  }

  /** Pieces are gathered while others are still summed. */
  private final class Both implements Conversation.Work {
    @Override
    public boolean done() {
      return reduce.done() && gather.done();
    }

    @Override
    public int advance() {
      return reduce.advance() + gather.advance();
    }

    @Override
    public boolean owes(int rank) {
      return reduce.owes(rank) || gather.owes(rank);
    }
  }
}
