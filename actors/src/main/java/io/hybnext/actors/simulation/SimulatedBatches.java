package io.hybnext.actors.simulation;

import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WaveLedger;
import io.hybnext.streams.batch.WavePlan;
import java.util.List;

/** What a trainer draws: it looks for new items before each step, as a real one does. */
final class SimulatedBatches {
  private final World world;
  private final SimulatedTrainer trainer;
  private final SimulatedModel model;
  private final WaveLedger ledger;
  private WavePlan plan;

  SimulatedBatches(World world, SimulatedTrainer trainer) {
    this.world = world;
    this.trainer = trainer;
    model = world.scenario().model;
    ledger = new WaveLedger(world.disk(), world.scenario().waves());
    plan = model.plan(List.of());
  }

  /** Looks for new items. */
  void begin(long step) {
    if (!world.scenario().newItems) {
      return;
    }
    List<Wave> found = ledger.waves();
    world.invariants().onWaves(trainer.name(), found);
    List<Wave> drawn = world.parts().waves(step, found);
    world.invariants().waves().onBegin(trainer.name(), step, drawn);
    if (drawn.size() != plan.waves()) {
      plan = model.plan(drawn);
    }
  }

  /** The batch of one of its microshards. */
  Batch batch(long step, int microshard, MicroshardRange range) {
    return world.parts().batch(model, plan, step, microshard, range);
  }
}
