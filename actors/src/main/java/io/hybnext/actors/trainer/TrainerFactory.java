package io.hybnext.actors.trainer;

import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.health.Vitals;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.streams.batch.BatchSource;

/**
 * Makes what a trainer needs; ops plugs the real model, store and exchange in, tests plain Java
 * ones. Every call comes from the trainer's own thread, which also closes what it got. An exception
 * ends the trainer process, its message is shown; an {@link
 * io.hybnext.actors.exchange.ExchangeException} only ends the generation.
 */
public interface TrainerFactory {

  /** Called once, before the trainer joins its first generation. */
  TrainStep openTrainStep();

  /** Called once. */
  BatchSource openBatches();

  /**
   * Called for every generation, before weights and moments are in place; from another thread than
   * the trainer's, while that computes, and for one generation at a time.
   *
   * @param generation members, their microshards, Aeron folder and channel
   * @param trainer which member this one is
   * @param layout of the trainer's parameters
   */
  StepExchange openExchange(Generation generation, String trainer, BucketLayout layout);

  /** The GPU as it was seen last; asked from another thread once a second, must not wait. */
  default Vitals.Device device() {
    return Vitals.Device.NONE;
  }
}
