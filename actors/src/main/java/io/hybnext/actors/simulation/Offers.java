package io.hybnext.actors.simulation;

import io.hybnext.actors.run.RunEvent;
import io.hybnext.streams.batch.Mixing;
import io.hybnext.streams.batch.SnapshotId;
import io.hybnext.streams.batch.Wave;
import java.util.List;

/**
 * New items that are ingested while a run goes on, in some of the scenarios: they are offered until
 * they have entered, as the process that leads a real run does.
 */
final class Offers {
  private static final int EVERY = 2; // times the time between faults
  private static final long OFFER_NS = 10 * Scenario.SECOND;
  private static final Mixing MIXING = new Mixing(0.4, 20, 2, 30, 0.1);

  private final World world;
  private final Chance chance;
  private int ingested;

  Offers(World world) {
    this.world = world;
    chance = new Chance(world.scenario().seed, 107);
  }

  /** Begins. */
  void begin() {
    if (world.scenario().newItems) {
      ingest();
      offer();
    }
  }

  private boolean isOver() {
    return world.nowNs() > world.scenario().faultsUntilNs;
  }

  private void ingest() {
    world
        .events()
        .after(
            chance.waitNs(EVERY * world.scenario().faultEveryNs),
            () -> {
              if (!isOver()) {
                ingested++;
                ingest();
              }
            });
  }

  private void offer() {
    List<Wave> known = world.invariants().waves().known();
    SnapshotId stored = world.scenario().model.snapshot(ingested);
    long entered = known.isEmpty() ? 0 : known.get(known.size() - 1).snapshot().items();
    if (ingested > 0 && stored.items() > entered) {
      world.trace("store", "offers " + stored.items() + " items");
      SimulatedCoordinator of = world.coordinator();
      of.perform(() -> of.on(new RunEvent.ItemsOffered(stored, MIXING)));
    }
    if (!isOver()) {
      world.events().after(OFFER_NS, this::offer);
    }
  }
}
