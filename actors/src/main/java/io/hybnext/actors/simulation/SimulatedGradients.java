package io.hybnext.actors.simulation;

import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.actors.trainer.KeptGradients;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Sample;
import java.util.List;
import java.util.OptionalLong;

/** What a trainer computes, with what it keeps of a step that broke off. */
final class SimulatedGradients {
  private final SimulatedBatches batches;
  private final TrainStep trainStep;
  private final KeptGradients kept;
  private MicroshardRange range;

  SimulatedGradients(World world, SimulatedBatches batches, TrainStep trainStep) {
    this.batches = batches;
    this.trainStep = trainStep;
    kept = new KeptGradients(trainStep.layout(), KeptGradients.LIMIT_BYTES, world::nowNs);
  }

  /**
   * A generation is opened; meanwhile one microshard of the step that broke off is computed.
   *
   * @param own microshards in that generation
   * @param shared whether others take part in it
   */
  void ahead(MicroshardRange own, boolean shared, OptionalLong broken) {
    range = own;
    kept.keep(shared);
    if (broken.isEmpty() || !kept.hasRoom(broken.getAsLong())) {
      return;
    }
    for (int microshard = range.first(); microshard < range.end(); microshard++) {
      if (!isKept(broken.getAsLong(), microshard)) {
        compute(broken.getAsLong(), microshard, (bucket, gradient) -> {});
        return;
      }
    }
  }

  boolean isKept(long step, int microshard) {
    return kept.batch(step, microshard) != null;
  }

  /** Gives the gradients of a microshard to the sink; they are new, or kept. */
  TrainStep.Loss compute(long step, int microshard, TrainStep.GradientSink sink) {
    Batch batch = batches.batch(step, microshard, range);
    Batch known = kept.batch(step, microshard);
    boolean current = known != null && items(known).equals(items(batch));
    return kept.give(trainStep, current ? known : batch, sink, over -> {}).loss();
  }

  private static List<Long> items(Batch batch) {
    return batch.samples().stream().map(Sample::item).toList();
  }

  /** The state becomes another one. */
  void forget() {
    kept.clear();
  }
}
