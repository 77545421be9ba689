package io.hybnext.actors.simulation;

import io.hybnext.actors.run.RunEvent;
import io.hybnext.actors.run.RunOrder;

/**
 * People who order things while a run goes on, in some of the scenarios: they pause it and let it
 * go on, drain trainers and call them back, take those away that came, and want checkpoints.
 */
final class Operators {
  private static final double SHARE = 0.4; // of the scenarios have some
  private static final double BACK = 0.7; // of those that are drained are called back
  private static final long AGAIN_NS = 10 * Scenario.SECOND;
  private static final int EVERY = 3; // times the time between faults

  private final World world;
  private final Chance chance;
  private final Chance recalls;
  private long orders;
  private boolean over;

  Operators(World world) {
    this.world = world;
    chance = new Chance(world.scenario().seed, 106);
    recalls = new Chance(world.scenario().seed, 108);
  }

  /** Begins. */
  void begin() {
    if (chance.happens(SHARE)) {
      world.events().at(world.scenario().faultsUntilNs, this::end);
      next();
    }
  }

  /** Number of orders given. */
  long count() {
    return orders;
  }

  private void next() {
    world
        .events()
        .after(
            chance.waitNs(EVERY * world.scenario().faultEveryNs),
            () -> {
              if (!over) {
                act();
                next();
              }
            });
  }

  private void act() {
    int slot = chance.below(Faults.MOST_TRAINERS);
    switch (chance.below(4)) {
      case 0 -> {
        order(new RunOrder.Pause("somebody looks after the machines"));
        long forNs = chance.between(0, 60 * Scenario.SECOND);
        world.events().after(forNs, () -> order(new RunOrder.Resume()));
      }
      case 1 -> drain(slot);
      case 2 -> order(new RunOrder.Checkpoint());
      default -> takeAway(slot);
    }
  }

  /** Not every one comes back. */
  private void drain(int slot) {
    order(new RunOrder.Drain(World.name(slot)));
    if (recalls.happens(BACK)) {
      long afterNs = recalls.between(0, 60 * Scenario.SECOND);
      world.events().after(afterNs, () -> order(new RunOrder.Recall(World.name(slot))));
    }
  }

  /** A signal for a process that came by itself. */
  private void takeAway(int slot) {
    SimulatedTrainer trainer = world.trainer(slot);
    if (trainer != null && slot >= world.scenario().trainers) {
      world.trace(trainer.name(), "is asked to leave");
      trainer.perform(
          () ->
              trainer
                  .news()
                  .tell(
                      new RunEvent.TrainerLeaving(
                          trainer.name(), trainer.incarnation(), "asked to leave")));
    }
  }

  private void order(RunOrder order) {
    world.trace("operator", "orders " + order);
    SimulatedCoordinator of = world.coordinator();
    long number = ++orders;
    of.perform(() -> of.on(new RunEvent.Ordered(number, order)));
  }

  /** The run must come to its end: nobody leaves it paused, also when an order was lost. */
  private void end() {
    over = true;
    order(new RunOrder.Resume());
    world.events().after(AGAIN_NS, this::end);
  }
}
