package io.hybnext.actors.exchange;

import io.hybnext.actors.step.BucketLayout.Chunk;
import io.hybnext.actors.step.TrainStep;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * One trainer's side of the exchange of a step, within one generation of members. Calls come from
 * the trainer's own thread in this order: {@link #begin}, {@link #add} for every microshard it
 * computes and every bucket, {@link #finish}. Sums are folded along the reduction tree, so they are
 * the same bit for bit for any number of members. Only {@link #abort} may be called from another
 * thread.
 */
public interface StepExchange extends AutoCloseable {

  /** Chunks that this member sums and updates. */
  List<Chunk> owned();

  /** Starts a step. */
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
   *     weights may then be partly new, and the caller goes back to a checkpoint
   */
  StepResult finish(TrainStep trainStep);

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
