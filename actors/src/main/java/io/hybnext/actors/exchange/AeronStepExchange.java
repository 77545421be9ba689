package io.hybnext.actors.exchange;

import io.hybnext.actors.exchange.ExchangeMachine.Phase;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;

/**
 * The exchange over Aeron: an {@link ExchangeMachine} that waits, with limits for silent members.
 * Direct reduce-scatter of gradients to the owners of their chunks while the backward pass goes on,
 * a copy of every sum at the owner's deputy, agreement on norm and losses, update by both, and
 * all-gather of the new weights through logs that all members read. A member that is alone needs no
 * Aeron.
 *
 * <p>While the trainer computes, a thread of the exchange's own sends what was added and takes what
 * comes. No allocation in a step once the first ones have filled the pools, but for the results.
 */
public final class AeronStepExchange implements StepExchange {
  private final ExchangeSettings settings;
  private final ExchangeMachine machine;
  private final BackgroundAdvance background;
  private final boolean alone;

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

  /**
   * The same over other links than Aeron's.
   *
   * @param links closed with the exchange
   */
  public static AeronStepExchange over(
      Generation generation,
      String trainer,
      BucketLayout layout,
      PeerLinks links,
      ExchangeSettings settings) {
    return new AeronStepExchange(Place.of(generation, trainer), layout, links, settings);
  }

  AeronStepExchange(Place place, BucketLayout layout, PeerLinks links, ExchangeSettings settings) {
    this.settings = settings;
    machine = new ExchangeMachine(place, layout, links, settings);
    background = new BackgroundAdvance(machine, place.names().get(place.rank()));
    alone = place.worldSize() == 1;
  }

  @Override
  public List<Chunk> owned() {
    return machine.owned();
  }

  @Override
  public Settlement settle(TrainStep trainStep, HeldState held) {
    return settle(trainStep, held, () -> false);
  }

  @Override
  public Settlement settle(TrainStep trainStep, HeldState held, BooleanSupplier meanwhile) {
    machine.talk(trainStep, held);
    if (!alone && meanwhile.getAsBoolean()) {
      talk(meanwhile);
    }
    machine.mayMove();
    await(Phase.SETTLE, settings.connectLimit());
    return machine.settlement();
  }

  /** The other thread tells and hears what members hold, until state would move. */
  private void talk(BooleanSupplier meanwhile) {
    background.begin();
    boolean more = true;
    while (more && !machine.hasPlan() && background.goesOn()) {
      more = meanwhile.getAsBoolean();
    }
    background.end();
  }

  @Override
  public void watch(WaitListener listener) {
    machine.conversation().watch(listener);
  }

  @Override
  public void begin(long step) {
    machine.begin(step);
    if (!alone) {
      background.begin();
    }
  }

  @Override
  public void add(int microshard, int bucket, DirectBuffer gradient) {
    background.enter();
    try {
      machine.add(microshard, bucket, gradient);
    } finally {
      background.leave();
    }
  }

  @Override
  public void addLoss(int microshard, TrainStep.Loss loss) {
    background.enter();
    try {
      machine.addLoss(microshard, loss);
    } finally {
      background.leave();
    }
  }

  @Override
  public StepResult finish(TrainStep trainStep) {
    background.end();
    machine.finish(trainStep);
    await(Phase.REDUCE, settings.silenceLimit());
    await(Phase.AGREE, settings.silenceLimit());
    await(Phase.GATHER, settings.silenceLimit());
    return machine.result();
  }

  private void await(Phase phase, Duration limit) {
    machine.conversation().await(machine.leaving(phase), limit, machine::waitsFor);
  }

  /** Partial sums that wait to be sent; fewer and fewer while the trainer computes. */
  int unsent() {
    background.enter();
    try {
      return machine.unsent();
    } finally {
      background.leave();
    }
  }

  /** Messages of older steps, other generations or other runs that were dropped. */
  public long staleMessages() {
    return machine.staleMessages();
  }

  /** Messages that made no sense and were dropped. */
  public long refusedMessages() {
    return machine.refusedMessages();
  }

  /** Buffers for partial sums made so far; stays the same from step to step. */
  int buffersAllocated() {
    return machine.buffersAllocated();
  }

  @Override
  public void abort(String reason) {
    machine.abort(reason);
  }

  @Override
  public void close() {
    background.close();
    machine.close();
  }
}
