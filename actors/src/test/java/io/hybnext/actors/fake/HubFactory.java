package io.hybnext.actors.fake;

import io.hybnext.actors.exchange.StepExchange;
import io.hybnext.actors.membership.Generation;
import io.hybnext.actors.step.BucketLayout;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.trainer.TrainerFactory;
import io.hybnext.streams.batch.BatchSource;
import java.util.function.Supplier;

/** What a trainer of this JVM needs: given maths, and the exchange of a hub. */
public record HubFactory(ExchangeHub hub, Supplier<TrainStep> maths, int microshards)
    implements TrainerFactory {

  @Override
  public TrainStep openTrainStep() {
    return maths.get();
  }

  @Override
  public BatchSource openBatches() {
    return new FakeBatches(microshards);
  }

  @Override
  public StepExchange openExchange(Generation of, String trainer, BucketLayout layout) {
    return hub.open(of, trainer, layout);
  }
}
