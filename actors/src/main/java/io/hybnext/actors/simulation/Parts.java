package io.hybnext.actors.simulation;

import io.hybnext.actors.exchange.PeerLinks;
import io.hybnext.actors.membership.MicroshardRange;
import io.hybnext.actors.run.RunAction;
import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.step.TrainStep;
import io.hybnext.file.Disk;
import io.hybnext.streams.batch.Batch;
import io.hybnext.streams.batch.Wave;
import io.hybnext.streams.batch.WavePlan;
import java.util.List;
import java.util.function.Consumer;

/**
 * The parts that a simulated process is put together of. Tests put others in their place that break
 * one rule each, to show that the simulation notices.
 */
class Parts {

  /** The maths of a trainer. */
  TrainStep trainStep(SimulatedTrainer trainer, SimulatedTrainStep real) {
    return real;
  }

  /** A trainer's ways to the other members. */
  PeerLinks links(SimulatedTrainer trainer, PeerLinks real) {
    return real;
  }

  /** What the coordinator and the writers of checkpoints write to. */
  Disk disk(SimulatedDisk real) {
    return real;
  }

  /** The batch of a microshard. */
  Batch batch(
      SimulatedModel model, WavePlan plan, long step, int microshard, MicroshardRange range) {
    return model.batch(plan, step, microshard);
  }

  /** What a trainer finds of new items when it begins a step. */
  List<Wave> waves(long step, List<Wave> real) {
    return real;
  }

  /** News of a trainer as they reach the coordinator. */
  void hear(RunEvent real, Consumer<RunEvent> coordinator) {
    coordinator.accept(real);
  }

  /** An order as it reaches a trainer. */
  void obey(SimulatedTrainer trainer, RunAction real, Consumer<RunAction> orders) {
    orders.accept(real);
  }
}
