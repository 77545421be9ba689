package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;

/**
 * One trainer's side of the exchange of a step, within one generation of members. Calls come from
 * the trainer's own thread in this order: {@link #settle} once, or twice when the state is lost;
 * then for each step {@link #begin}, {@link #add} for every microshard it computes and every
 * bucket, {@link #finish}. Sums are folded along the reduction tree, so they are the same bit for
 * bit for any number of members. Only {@link #abort} may be called from another thread.
 */
public interface StepExchange extends AutoCloseable {

  /** Chunks that this member sums and updates. */
  List<Chunk> owned();

  /**
   * Waits for all members of the generation and brings them to the same step: what one lacks it
   * gets from another, and a step that passed its commit point anywhere is completed.
   *
   * @param trainStep the weights and moments that {@code held} describes; changed
   * @param held what this member holds; the exchange keeps it true from now on, also when a call
   *     throws
   * @return the same kind on every member; after {@link Settlement.StateLost} every member restores
   *     or initialises, calls {@link HeldState#reset}, and settles again
   * @throws ExchangeException when a member is gone, silent for longer than the time limit, or of
   *     other settings
   */
  Settlement settle(TrainStep trainStep, HeldState held);

  /**
   * The same, with other work done while the members only talk.
   *
   * @param meanwhile does a piece of work that reads weights and changes nothing; false when there
   *     is none left. Need not be called.
   */
  default Settlement settle(TrainStep trainStep, HeldState held, BooleanSupplier meanwhile) {
    return settle(trainStep, held);
  }

  /**
   * Starts a step: the one that {@link #settle} named, then each one's successor.
   *
   * @throws IllegalStateException when the members are not settled or a step is not finished
   */
  void begin(long step);

  /**
   * Adds a microshard's gradient of a bucket. For one bucket, microshards come in rising order;
   * what completes a subtree of the reduction leaves for its owner at once, while the caller
   * computes on.
   *
   * @param gradient valid during the call only
   */
  void add(int microshard, int bucket, DirectBuffer gradient);

  /** Adds a microshard's loss terms. */
  void addLoss(int microshard, TrainStep.Loss loss);

  /**
   * Waits for the sums of the owned chunks, agrees on the global norm and losses, lets {@code
   * trainStep} update the owned chunks, and passes the new weights round. When it returns, every
   * chunk of this member's weights is new.
   *
   * @return losses and norm, the same on every member; when the norm is not finite, {@code applied}
   *     is false and no weight changed
   * @throws ExchangeException when a member is gone or silent for longer than the time limit;
   *     weights may then be partly new, as the {@link HeldState} says, and the next generation
   *     settles that
   */
  StepResult finish(TrainStep trainStep);

  /** Hears, on the trainer's thread, that a call makes no headway; must not block. */
  @FunctionalInterface
  interface WaitListener {
    /**
     * Told a few times a second.
     *
     * @param members names of those that owe something
     * @param stalled for how long nothing came and nothing could be sent
     */
    void waitsFor(List<String> members, Duration stalled);
  }

  /** Sets who is told when {@link #settle} or {@link #finish} makes no headway. */
  void watch(WaitListener listener);

  /**
   * What a step came to.
   *
   * @param loss mean over all microshards (tokens: sum)
   * @param gradientNorm L2 norm of the mean gradient, before clipping
   * @param applied whether the weights changed
   * @param waitNs time spent waiting for others
   */
  record StepResult(TrainStep.Loss loss, double gradientNorm, boolean applied, long waitNs) {}

  /**
   * Ends the generation from any thread, at any time, without waiting: a call that waits for other
   * members throws {@link ExchangeException} with this reason within a second, and so does every
   * later call but {@link #close}. Does nothing after {@link #close}; the first reason stays.
   *
   * @param reason the sentence that the exception shows
   */
  void abort(String reason);

  @Override
  void close();
}
